//! The replicas of one sibling: as many as its name has addresses, called in turn.
//!
//! A connection carries all calls for as long as it lives, so who keeps one meets no replica that came later. The name is looked up again as long as
//! there are calls, and each address has a connection of its own: what gRPC calls `round_robin`. tonic's own balancing looks up nothing, and goes on
//! sending calls to where nobody is.

mod lookup;
mod replica;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use tokio::sync::watch;
use tokio_util::task::TaskTracker;
use tonic::Status;
use tonic::body::Body;

use crate::tls::Way;
use lookup::Known;
use replica::{Replica, Sent};

/// How long a lookup is believed. A replica that is to end is taken from the list ten seconds before it takes no more calls, some of which pass in the
/// cluster's own caches.
const BELIEVED: Duration = Duration::from_secs(2);

/// How long calls wait for a lookup, as what was known before may be long gone; and then what was known is tried all the same.
const PATIENCE: Duration = Duration::from_millis(500);

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Who answers for a sibling.
pub(super) struct Replicas {
    way: Way,
    known: watch::Sender<Known>,
    /// The lookup that is under way, which nobody's giving up ends.
    lookups: TaskTracker,
    turn: AtomicUsize,
}

impl Replicas {
    pub(super) fn new(way: Way) -> Replicas {
        let known = watch::Sender::new(Known::default());
        Replicas { way, known, lookups: TaskTracker::new(), turn: AtomicUsize::new(0) }
    }

    /// Sends the request to the next in turn, and on to others as long as it has reached nobody: what was sent is never sent again.
    pub(super) async fn call(self: &Arc<Self>, request: Request<Body>) -> Result<Response<Body>, Failure> {
        let (head, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let again = || Request::from_parts(head.clone(), Body::new(Full::<Bytes>::new(body.clone())));
        let mut unsent = Status::unavailable(format!("{} stands for no address", self.way.host())).into();
        for replica in self.in_turn().await? {
            match replica.call(again).await {
                Sent::Yes(answer) => return answer,
                Sent::No(error) => unsent = error,
            }
        }
        Err(unsent)
    }

    /// All of them, the next one first, and those in doubt last.
    async fn in_turn(self: &Arc<Self>) -> Result<Vec<Arc<Replica>>, Failure> {
        let mut replicas = self.now().await?;
        if !replicas.is_empty() {
            let next = self.turn.fetch_add(1, Ordering::Relaxed) % replicas.len();
            replicas.rotate_left(next);
            replicas.sort_by_cached_key(|replica| replica.is_in_doubt());
        }
        Ok(replicas)
    }

    /// What the name stands for now; where that isn't said in time, what it stood for.
    async fn now(self: &Arc<Self>) -> Result<Vec<Arc<Replica>>, Failure> {
        let mut known = self.known.subscribe();
        if !known.borrow().is_believed() {
            self.look_up();
            let wait = known.wait_for(Known::is_believed);
            if self.known.borrow().replicas.is_empty() {
                // Until the call is given up.
                let _ = wait.await;
            } else {
                let _ = tokio::time::timeout(PATIENCE, wait).await;
            }
        }
        let known = self.known.borrow();
        match &known.failure {
            Some(failure) if known.replicas.is_empty() => Err(Status::unavailable(failure.clone()).into()),
            _ => Ok(known.replicas.clone()),
        }
    }
}
