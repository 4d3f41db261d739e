//! What stands behind the guard: called when it is ready, and its answers left as they are but one.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::Waker;

use tonic_types::StatusExt;
use tower::{Layer, Service, ServiceExt};

use super::*;

const HEALTH: &str = "/grpc.health.v1.Health/Check";

/// Answers so, as soon as it is ready, if ever.
#[derive(Clone)]
struct Inner(Poll<fn() -> Status>);

impl Service<Request<Body>> for Inner {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.map(|_| Ok(()))
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        let Poll::Ready(status) = self.0 else { panic!("called before it was ready") };
        ready(Ok(status().into_http()))
    }
}

fn guarded(inner: Poll<fn() -> Status>) -> Guarded<Inner> {
    Guard(Arc::new(door(false).gate)).layer(Inner(inner))
}

#[tokio::test]
async fn no_call_is_taken_before_it_can_be_passed_on() {
    let mut context = Context::from_waker(Waker::noop());
    let mut ready = |inner| Service::<Request<Body>>::poll_ready(&mut guarded(inner), &mut context).is_ready();
    assert!(!ready(Poll::Pending) && ready(Poll::Ready(|| Status::ok(""))));
}

#[tokio::test]
async fn a_message_over_the_limit_is_told_like_any_wrong_field_and_every_other_answer_is_left() {
    let own = || Fault::new(Code::OutOfRange, Reason::PageTokenInvalid, "with a reason").into_status();
    let answers: [(fn() -> Status, _, _); 4] = [
        (|| Status::out_of_range("tonic's own"), Code::InvalidArgument, Some("FIELD_INVALID")),
        (own, Code::OutOfRange, Some("PAGE_TOKEN_INVALID")),
        (|| Status::internal("tonic's own"), Code::Internal, None),
        (|| Status::ok(""), Code::Ok, None),
    ];
    for (answer, code, reason) in answers {
        let request = Request::builder().uri(HEALTH).body(Body::default()).unwrap();
        let response = guarded(Poll::Ready(answer)).oneshot(request).await.unwrap();
        let status = Status::from_header_map(response.headers()).unwrap();
        let found = status.get_details_error_info().map(|info| info.reason);
        assert_eq!((status.code(), found.as_deref()), (code, reason));
    }
}
