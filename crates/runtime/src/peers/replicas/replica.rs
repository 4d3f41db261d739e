//! One replica, and whether it can be counted on.

use std::io;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{Request, Response};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tonic::body::Body;
use tonic::transport::{Channel, Endpoint, Error};
use tonic::{ConnectError, Status};
use tower::ServiceExt;

use super::Failure;
use crate::tls::Way;

/// How long a replica that is in doubt is called after all others. Then one call finds out, and the others pass by meanwhile.
const REST: Duration = Duration::from_secs(5);

/// How long somebody may take to open where nobody has answered yet: one packet may get lost, and is sent again after a second.
const KNOCK: Duration = Duration::from_millis(1250);

/// Whoever answers at one address.
pub(super) struct Replica {
    pub(super) at: SocketAddr,
    channel: Channel,
    standing: Mutex<Standing>,
}

enum Standing {
    /// Nobody has called it yet.
    New,
    /// It has answered.
    Well,
    /// Since then there was a call to which no answer came, or not yet.
    InDoubt(Instant),
}

/// What became of a request.
pub(super) enum Sent {
    /// It may have arrived.
    Yes(Result<Response<Body>, Failure>),
    /// It has not left this process.
    No(Failure),
}

/// A call under way. One that ends without an answer, or is given up, leaves the replica in doubt.
struct Doubt<'a>(&'a Replica);

impl Drop for Doubt<'_> {
    fn drop(&mut self) {
        *self.0.standing() = Standing::InDoubt(Instant::now());
    }
}

impl Replica {
    pub(super) fn new(way: &Way, at: SocketAddr) -> Result<Replica, Error> {
        Ok(Replica { at, channel: way.channel_at(at, kept)?, standing: Mutex::new(Standing::New) })
    }

    pub(super) fn is_in_doubt(&self) -> bool {
        matches!(*self.standing(), Standing::InDoubt(since) if since.elapsed() < REST)
    }

    pub(super) async fn call(&self, request: impl Fn() -> Request<Body>) -> Sent {
        let doubt = Doubt(self);
        if let Err(nobody) = self.knock().await {
            return Sent::No(Status::unavailable(format!("{}: {nobody}", self.at)).into());
        }
        let mut answer = self.channel.clone().oneshot(request()).await;
        if answer.as_ref().is_err_and(is_closed) {
            // As connections are that grow old: another one is made.
            answer = self.channel.clone().oneshot(request()).await;
        }
        match answer {
            Err(error) if is_closed(&error) || is_nobody(&error) => Sent::No(error.into()),
            Err(error) => Sent::Yes(Err(error.into())),
            Ok(answer) => {
                std::mem::forget(doubt);
                *self.standing() = Standing::Well;
                Sent::Yes(Ok(answer))
            }
        }
    }

    /// Whether anybody is there, where that is not known: on a channel, calls would wait for each other's attempts to connect.
    async fn knock(&self) -> io::Result<()> {
        match &mut *self.standing() {
            Standing::Well => return Ok(()),
            Standing::InDoubt(since) => *since = Instant::now(),
            Standing::New => {}
        }
        let opened = tokio::time::timeout(KNOCK, TcpStream::connect(self.at)).await;
        opened.unwrap_or_else(|late| Err(late.into())).map(drop)
    }

    /// As if nothing had happened to it of late.
    #[cfg(test)]
    pub(super) fn let_time_pass(&self) {
        *self.standing() = Standing::New;
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the connection was closed before the request left.
fn is_closed(error: &Error) -> bool {
    causes(error).any(|cause| cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_canceled))
}

/// Whether no connection came about.
fn is_nobody(error: &Error) -> bool {
    causes(error).any(|cause| cause.downcast_ref::<ConnectError>().is_some())
}

fn causes(error: &Error) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error as &(dyn std::error::Error + 'static)), |error| error.source())
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
