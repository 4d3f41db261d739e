//! The replicas of one sibling: as many as its name has addresses, called in turn.
//!
//! A connection carries all calls for as long as it lives, so who keeps one meets no replica that came later. The name is looked up again as long as
//! there are calls, and each address has a connection of its own: what gRPC calls `round_robin`. tonic's own balancing looks up nothing, and goes on
//! sending calls to where nobody is.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use tokio::time::Instant;
use tonic::body::Body;
use tonic::transport::{Channel, Endpoint};
use tonic::{ConnectError, Status};
use tower::ServiceExt;

use crate::tls::Way;

/// How long a lookup is believed. A replica that is to end is taken from the list ten seconds before it takes no more calls, some of which pass in the
/// cluster's own caches.
const BELIEVED: Duration = Duration::from_secs(2);

/// How long a lookup may take. Calls wait for it, as what was known before may be long gone; and then what was known is tried all the same.
const PATIENCE: Duration = Duration::from_millis(500);

/// How long a replica to which no connection came about is called after all others.
const REST: Duration = Duration::from_secs(5);

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Who answers for a sibling.
pub(super) struct Replicas {
    way: Way,
    known: Mutex<Known>,
    /// Held by who looks up; others wait for what is found.
    looking: tokio::sync::Mutex<()>,
    turn: AtomicUsize,
}

/// What the last lookup said.
#[derive(Default)]
struct Known {
    replicas: Vec<Arc<Replica>>,
    since: Option<Instant>,
}

/// One of them.
struct Replica {
    at: SocketAddr,
    channel: Channel,
    /// When no connection came about.
    missed: Mutex<Option<Instant>>,
}

impl Replicas {
    pub(super) fn new(way: Way) -> Replicas {
        Replicas { way, known: Mutex::default(), looking: tokio::sync::Mutex::default(), turn: AtomicUsize::new(0) }
    }

    /// Sends the request to the next in turn, and on to others as long as it has reached nobody: what was sent is never sent again.
    pub(super) async fn call(&self, request: Request<Body>) -> Result<Response<Body>, Failure> {
        let (head, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let mut answer = Err(Status::unavailable(format!("{} stands for no address", self.way.host())).into());
        for replica in self.in_turn().await? {
            let request = Request::from_parts(head.clone(), Body::new(Full::<Bytes>::new(body.clone())));
            answer = replica.channel.clone().oneshot(request).await.map_err(Failure::from);
            match &answer {
                Err(error) if is_unsent(error.as_ref()) => *locked(&replica.missed) = Some(Instant::now()),
                _ => break,
            }
        }
        answer
    }

    /// All of them, the next one first, and those that were not reached a moment ago last.
    async fn in_turn(&self) -> Result<Vec<Arc<Replica>>, Failure> {
        let mut replicas = match self.believed() {
            Some(replicas) => replicas,
            None => self.looked_up().await?,
        };
        if !replicas.is_empty() {
            let next = self.turn.fetch_add(1, Ordering::Relaxed) % replicas.len();
            replicas.rotate_left(next);
            replicas.sort_by_key(|replica| replica.rests());
        }
        Ok(replicas)
    }

    fn believed(&self) -> Option<Vec<Arc<Replica>>> {
        let known = locked(&self.known);
        known.since.is_some_and(|since| since.elapsed() < BELIEVED).then(|| known.replicas.clone())
    }

    /// What the name stands for now; where that can't be said, what it stood for.
    async fn looked_up(&self) -> Result<Vec<Arc<Replica>>, Failure> {
        let _looking = self.looking.lock().await;
        if let Some(replicas) = self.believed() {
            return Ok(replicas);
        }
        let host = self.way.host();
        let looking = tokio::time::timeout(PATIENCE, tokio::net::lookup_host((host, self.way.port())));
        match looking.await.unwrap_or_else(|late| Err(late.into())) {
            Ok(found) => {
                self.learn(found.collect())?;
                Ok(locked(&self.known).replicas.clone())
            }
            Err(error) if locked(&self.known).replicas.is_empty() => {
                Err(Status::unavailable(format!("looking up {host}: {error}")).into())
            }
            Err(error) => {
                tracing::warn!(host, %error, "a sibling can't be looked up: the addresses known before stay in use");
                let mut known = locked(&self.known);
                known.since = Some(Instant::now());
                Ok(known.replicas.clone())
            }
        }
    }

    /// Goes on with these: connections to those that stay are kept.
    pub(super) fn learn(&self, mut found: Vec<SocketAddr>) -> Result<(), Failure> {
        found.sort_unstable();
        found.dedup();
        let mut known = locked(&self.known);
        let mut replicas = Vec::with_capacity(found.len());
        for at in found {
            replicas.push(match known.replicas.iter().find(|replica| replica.at == at) {
                Some(replica) => Arc::clone(replica),
                None => Arc::new(Replica { at, channel: self.way.channel_at(at, kept)?, missed: Mutex::default() }),
            });
        }
        *known = Known { replicas, since: Some(Instant::now()) };
        Ok(())
    }

    /// As if what is known were old, and nobody had been missed of late.
    #[cfg(test)]
    pub(super) fn let_time_pass(&self) {
        let mut known = locked(&self.known);
        known.since = None;
        known.replicas.iter().for_each(|replica| *locked(&replica.missed) = None);
    }
}

impl Replica {
    fn rests(&self) -> bool {
        locked(&self.missed).is_some_and(|missed| missed.elapsed() < REST)
    }
}

/// Whether the request has not left this process: no connection came about, or the one there was closed before.
fn is_unsent(error: &(dyn std::error::Error + 'static)) -> bool {
    let is_one = |error: &(dyn std::error::Error + 'static)| {
        error.is::<ConnectError>() || error.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_canceled)
    };
    std::iter::successors(Some(error), |error| error.source()).any(is_one)
}

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A connection that is made soon or not at all, and looked after.
fn kept(endpoint: Endpoint) -> Endpoint {
    endpoint
        .connect_timeout(Duration::from_secs(2))
        .tcp_nodelay(true)
        .http2_keep_alive_interval(Duration::from_secs(10))
        .keep_alive_timeout(Duration::from_secs(5))
        .keep_alive_while_idle(true)
}
