//! Bounds of time and number: no call outlives its deadline, and no crowd takes the process down.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use http::{HeaderMap, Request, Response};
use tokio::sync::Semaphore;
use tonic::Code;
use tonic::body::Body;
use tower::{Layer, Service};

use super::LONGEST_CALL;
use crate::{Fault, Reason};

/// Calls that may be under way in this process. More would only wait for the database's connections.
const ROOM: usize = 256;
/// How much sooner than the caller's deadline we give up, so that the answer still says why.
const HEAD_START: Duration = Duration::from_millis(5);
/// Never refused: a crowded process is not a dead one.
const HEALTH: &str = "/grpc.health.v1.Health/";

#[derive(Clone)]
pub(super) struct BoundsLayer {
    room: Arc<Semaphore>,
}

impl BoundsLayer {
    pub(super) fn new() -> BoundsLayer {
        BoundsLayer { room: Arc::new(Semaphore::new(ROOM)) }
    }
}

impl<S> Layer<S> for BoundsLayer {
    type Service = Bounds<S>;

    fn layer(&self, inner: S) -> Bounds<S> {
        Bounds { inner, room: Arc::clone(&self.room) }
    }
}

#[derive(Clone)]
pub(super) struct Bounds<S> {
    inner: S,
    room: Arc<Semaphore>,
}

impl<S> Service<Request<Body>> for Bounds<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
    S::Error: 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response<Body>, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let health = request.uri().path().starts_with(HEALTH);
        let permit = Arc::clone(&self.room).try_acquire_owned().ok();
        if permit.is_none() && !health {
            return Box::pin(async { Ok(crowded().into_status().into_http()) });
        }
        let limit = limit(request.headers());
        let answer = self.inner.call(request);
        Box::pin(async move {
            let _permit = permit;
            match tokio::time::timeout(limit, answer).await {
                Ok(answer) => answer,
                Err(_) => Ok(late().into_status().into_http()),
            }
        })
    }
}

fn crowded() -> Fault {
    Fault::new(Code::ResourceExhausted, Reason::RateLimited, "too many calls are under way: try again")
        .retry_after(Duration::from_secs(1))
}

fn late() -> Fault {
    Fault::new(Code::DeadlineExceeded, Reason::DeadlinePassed, "the answer was not ready in time")
}

/// How long this call may take: what its caller allows, within ours.
fn limit(headers: &HeaderMap) -> Duration {
    let asked = headers.get("grpc-timeout").and_then(|value| asked(value.to_str().ok()?));
    asked.map_or(LONGEST_CALL, |asked| asked.saturating_sub(HEAD_START).min(LONGEST_CALL))
}

/// `grpc-timeout`: up to eight digits and a unit.
fn asked(text: &str) -> Option<Duration> {
    let unit = text.chars().last()?;
    let digits = text.strip_suffix(unit)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let count: u64 = digits.parse().ok()?;
    match unit {
        'H' => Some(Duration::from_secs(count * 3600)),
        'M' => Some(Duration::from_secs(count * 60)),
        'S' => Some(Duration::from_secs(count)),
        'm' => Some(Duration::from_millis(count)),
        'u' => Some(Duration::from_micros(count)),
        'n' => Some(Duration::from_nanos(count)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit_of(timeout: &str) -> Duration {
        limit(&HeaderMap::from_iter([(http::HeaderName::from_static("grpc-timeout"), timeout.parse().unwrap())]))
    }

    #[test]
    fn callers_deadline_counts_within_ours() {
        assert_eq!(limit(&HeaderMap::new()), LONGEST_CALL);
        assert_eq!(limit_of("1S"), Duration::from_millis(995));
        assert_eq!(limit_of("99999999H"), LONGEST_CALL);
        assert_eq!(limit_of("1n"), Duration::ZERO);
    }

    async fn answer(layer: &BoundsLayer, path: &str) -> tonic::Status {
        let endless = tower::service_fn(|_| std::future::pending::<Result<_, std::convert::Infallible>>());
        let request = Request::builder().uri(path).header("grpc-timeout", "20m").body(Body::empty()).unwrap();
        let answer = tower::ServiceExt::oneshot(layer.layer(endless), request).await.unwrap();
        tonic::Status::from_header_map(answer.headers()).unwrap()
    }

    #[tokio::test]
    async fn answer_that_is_not_ready_in_time_says_so() {
        assert_eq!(answer(&BoundsLayer::new(), "/a/B").await.code(), Code::DeadlineExceeded);
    }

    #[tokio::test]
    async fn crowd_is_refused_but_health_is_told() {
        let layer = BoundsLayer { room: Arc::new(Semaphore::new(0)) };
        assert_eq!(answer(&layer, "/a/B").await.code(), Code::ResourceExhausted);
        // It was let in: only the deadline ended it.
        assert_eq!(answer(&layer, "/grpc.health.v1.Health/Check").await.code(), Code::DeadlineExceeded);
    }

    #[test]
    fn nonsense_gives_ours() {
        for timeout in ["", "S", "-1S", "123456789S", "10", "10x", "1 S"] {
            assert_eq!(limit_of(timeout), LONGEST_CALL, "{timeout:?}");
        }
    }
}
