//! Bounds of time and number: no call outlives its deadline, and no crowd takes the process down.

use std::net::IpAddr;
use std::task::{Context, Poll};
use std::time::Duration;

use database::GivenUp;
use futures::future::BoxFuture;
use http::{HeaderMap, Request, Response};
use tonic::Code;
use tonic::body::Body;
use tower::{Layer, Service};

use super::LONGEST_CALL;
use super::arrival::{ARRIVAL, Arriving};
use super::room::Room;
use crate::{Fault, Reason, guard, source};

/// For each connection to the database so many calls may be under way in this process. More would only wait.
const CALLS_EACH: usize = 16;
/// Room for calls where connections are few.
const LEAST_ROOM: usize = 64;
/// Urgent calls that may be under way beside them. Each takes a moment, on connections of their own.
const URGENT_ROOM: usize = 256;
/// How long a call may take that brings a file: ten megabytes on a slow line.
pub const LONGEST_UPLOAD: Duration = Duration::from_secs(120);
/// How much sooner than the caller's deadline we give up, so that the answer still says why.
const HEAD_START: Duration = Duration::from_millis(5);

#[derive(Clone)]
pub(crate) struct BoundsLayer {
    rooms: Rooms,
    given_up: GivenUp,
}

/// How many more calls may begin.
#[derive(Clone)]
struct Rooms {
    calls: Room<IpAddr>,
    urgent: Room<IpAddr>,
    /// The paths of urgent calls, and of those that bring a file.
    paths: &'static [&'static str],
    uploads: &'static [&'static str],
}

impl BoundsLayer {
    /// Bounds for a service with so many connections to its database, which is told of calls that are given up; these of its RPCs are urgent and
    /// these bring a file.
    pub(crate) fn new(
        connections: u32,
        urgent: &'static [&'static str],
        uploads: &'static [&'static str],
        given_up: &GivenUp,
    ) -> BoundsLayer {
        let connections = usize::try_from(connections).unwrap_or(usize::MAX);
        let calls = connections.saturating_mul(CALLS_EACH).max(LEAST_ROOM);
        BoundsLayer { given_up: given_up.clone(), ..BoundsLayer::with_room(calls, urgent, uploads) }
    }

    fn with_room(calls: usize, urgent: &'static [&'static str], uploads: &'static [&'static str]) -> BoundsLayer {
        let rooms = Rooms { calls: Room::new(calls), urgent: Room::new(URGENT_ROOM), paths: urgent, uploads };
        BoundsLayer { rooms, given_up: GivenUp::default() }
    }
}

impl<S> Layer<S> for BoundsLayer {
    type Service = Bounds<S>;

    fn layer(&self, inner: S) -> Bounds<S> {
        Bounds { inner, rooms: self.rooms.clone(), given_up: self.given_up.clone() }
    }
}

#[derive(Clone)]
pub(crate) struct Bounds<S> {
    inner: S,
    rooms: Rooms,
    given_up: GivenUp,
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
        let path = request.uri().path();
        let upload = self.rooms.uploads.contains(&path);
        let (longest, arrival) = if upload { (LONGEST_UPLOAD, LONGEST_UPLOAD) } else { (LONGEST_CALL, ARRIVAL) };
        let limit = limit(request.headers(), longest);
        let given_up = self.given_up.clone();
        // Neither refused nor counted: a crowded process is not a dead one. Some of these are streams, too.
        if guard::is_open(path) {
            return Box::pin(within(limit, given_up, self.inner.call(request)));
        }
        let room = if self.rooms.paths.contains(&path) { &self.rooms.urgent } else { &self.rooms.calls };
        let Some(place) = room.enter(source::network(source::address(request.extensions()))) else {
            return Box::pin(async { Ok(crowded().into_status().into_http()) });
        };
        let answer = self.inner.call(request.map(|body| Arriving::within(arrival, body)));
        Box::pin(async move {
            let _place = place;
            within(limit, given_up, answer).await
        })
    }
}

async fn within<E>(
    limit: Duration,
    given_up: GivenUp,
    answer: impl Future<Output = Result<Response<Body>, E>>,
) -> Result<Response<Body>, E> {
    let answer = std::pin::pin!(answer);
    // Dropped before the answer is, whether the time is over or its caller went.
    let call = given_up.call();
    match tokio::time::timeout(limit, call.work(answer)).await {
        Ok(answer) => {
            call.answered();
            answer
        }
        Err(_) => Ok(late().into_status().into_http()),
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
fn limit(headers: &HeaderMap, longest: Duration) -> Duration {
    let asked = headers.get("grpc-timeout").and_then(|value| asked(value.to_str().ok()?));
    asked.map_or(longest, |asked| asked.saturating_sub(HEAD_START).min(longest))
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
    use std::convert::Infallible;

    use super::*;

    fn limit_of(timeout: &str) -> Duration {
        limit(
            &HeaderMap::from_iter([(http::HeaderName::from_static("grpc-timeout"), timeout.parse().unwrap())]),
            LONGEST_CALL,
        )
    }

    #[test]
    fn callers_deadline_counts_within_ours() {
        assert_eq!(limit(&HeaderMap::new(), LONGEST_CALL), LONGEST_CALL);
        assert_eq!(limit(&HeaderMap::new(), LONGEST_UPLOAD), LONGEST_UPLOAD);
        assert_eq!(limit_of("1S"), Duration::from_millis(995));
        assert_eq!(limit_of("99999999H"), LONGEST_CALL);
        assert_eq!(limit_of("1n"), Duration::ZERO);
    }

    /// Gives up before it comes to the database.
    const QUICK: &str = "/a/Quick";

    /// Waits for ever, with a connection or before it has one.
    fn endless(
        begun: bool,
    ) -> impl Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future: Send> {
        tower::service_fn(move |_| async move {
            if begun {
                database::Call::begin();
            }
            std::future::pending().await
        })
    }

    async fn answer(layer: &BoundsLayer, path: &str) -> tonic::Status {
        let endless = endless(path != QUICK);
        let request = Request::builder().uri(path).header("grpc-timeout", "20m").body(Body::empty()).unwrap();
        let answer = tower::ServiceExt::oneshot(layer.layer(endless), request).await.unwrap();
        tonic::Status::from_header_map(answer.headers()).unwrap()
    }

    #[tokio::test]
    async fn answer_that_is_not_ready_in_time_says_so() {
        let layer = BoundsLayer::with_room(1, &[], &[]);
        assert_eq!(answer(&layer, QUICK).await.code(), Code::DeadlineExceeded);
        assert!(!layer.given_up.lately(), "it had no connection: nothing is left behind");
        assert_eq!(answer(&layer, "/a/B").await.code(), Code::DeadlineExceeded);
        assert!(layer.given_up.lately(), "and the database is told");
    }

    #[tokio::test]
    async fn the_database_is_told_of_a_call_whose_caller_went_but_of_none_that_was_answered() {
        let layer = BoundsLayer::with_room(1, &[], &[]);
        let request = || Request::builder().uri("/a/B").body(Body::empty()).unwrap();
        let quick = tower::service_fn(|_| async {
            database::Call::begin();
            Ok::<_, Infallible>(Response::new(Body::empty()))
        });
        tower::ServiceExt::oneshot(layer.layer(quick), request()).await.unwrap();
        assert!(!layer.given_up.lately());
        let call = |begun| tower::ServiceExt::oneshot(layer.layer(endless(begun)), request());
        assert!(futures::FutureExt::now_or_never(call(false)).is_none() && !layer.given_up.lately());
        assert!(futures::FutureExt::now_or_never(call(true)).is_none() && layer.given_up.lately());
    }

    #[tokio::test]
    async fn crowd_is_refused_but_health_is_told_and_urgent_calls_have_their_own_room() {
        let layer = BoundsLayer::with_room(0, &["/a/Urgent"], &[]);
        assert_eq!(answer(&layer, "/a/B").await.code(), Code::ResourceExhausted);
        // These were let in: only the deadline ended them.
        assert_eq!(answer(&layer, "/a/Urgent").await.code(), Code::DeadlineExceeded);
        assert_eq!(answer(&layer, "/grpc.health.v1.Health/Check").await.code(), Code::DeadlineExceeded);
    }

    #[test]
    fn nonsense_gives_ours() {
        for timeout in ["", "S", "-1S", "123456789S", "10", "10x", "1 S"] {
            assert_eq!(limit_of(timeout), LONGEST_CALL, "{timeout:?}");
        }
    }
}
