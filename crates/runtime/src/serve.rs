//! The one gRPC server: every limit set, and one visible list of layers.

mod arrival;
mod bounds;
mod handshake;
mod panic;
mod room;
mod trace;

#[cfg(test)]
pub(crate) use trace::TraceLayer;

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tonic::service::Routes;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{self, Server};
use tonic_health::pb::health_server::{Health, HealthServer};
use tower::util::MapRequestLayer;
use tower_http::catch_panic::CatchPanicLayer;

pub(crate) use bounds::BoundsLayer;
pub use bounds::LONGEST_UPLOAD;
pub(crate) use room::{Place, Room};

use crate::Guard;
use crate::source::Proxies;
use crate::tls::Certificate;

/// The largest request message that is taken.
pub const DECODE_LIMIT: usize = 256 * 1024;

/// The largest answer that is given.
pub const ENCODE_LIMIT: usize = 4 * 1024 * 1024;

/// The longest that a call may take, whatever its caller would wait for.
pub(crate) const LONGEST_CALL: Duration = Duration::from_secs(10);

const STREAMS_PER_CONNECTION: u32 = 100;
const CALLS_PER_CONNECTION: usize = 64;
const PENDING_RESETS: usize = 20;
const LOCAL_ERROR_RESETS: usize = 1024;
const HEADER_BYTES: u32 = 16 * 1024;
const FRAME_BYTES: u32 = 16 * 1024;
const KEEPALIVE_EVERY: Duration = Duration::from_secs(20);
const KEEPALIVE_WAIT: Duration = Duration::from_secs(10);
const CONNECTION_AGE: Duration = Duration::from_secs(30 * 60);

/// A server with every limit set. tonic leaves most of them open, some wider than HTTP/2's own library would.
fn hardened_server() -> Server {
    Server::builder()
        .max_concurrent_streams(STREAMS_PER_CONNECTION)
        .concurrency_limit_per_connection(CALLS_PER_CONNECTION)
        .http2_max_pending_accept_reset_streams(Some(PENDING_RESETS))
        .http2_max_local_error_reset_streams(Some(LOCAL_ERROR_RESETS))
        .http2_max_header_list_size(HEADER_BYTES)
        .max_frame_size(FRAME_BYTES)
        .http2_keepalive_interval(Some(KEEPALIVE_EVERY))
        .http2_keepalive_timeout(Some(KEEPALIVE_WAIT))
        // Without a grace time: with one, tonic 0.14 cuts the connection after it and sends no GOAWAY at all.
        .max_connection_age(CONNECTION_AGE)
}

/// Where callers come in.
pub(crate) struct Entrance {
    pub(crate) listener: TcpListener,
    /// What they are shown; none = plaintext.
    pub(crate) certificate: Option<Arc<Certificate>>,
    /// What handshakes run in.
    pub(crate) tasks: TaskTracker,
    pub(crate) stop: CancellationToken,
}

/// Serves until it is to stop, then lets calls that are under way come to their end.
pub(crate) async fn serve(
    routes: Routes,
    guard: Guard,
    bounds: BoundsLayer,
    proxies: Proxies,
    entrance: Entrance,
) -> Result<(), transport::Error> {
    let Entrance { listener, certificate, tasks, stop } = entrance;
    // The first sees a call first.
    let server = hardened_server()
        // All that is logged of a call, a panic included, carries its trace.
        .layer(trace::TraceLayer)
        // All that counts by source counts by the same one.
        .layer(MapRequestLayer::new(move |request| proxies.mark(request)))
        // A panic costs its own call, not the connection's others.
        .layer(CatchPanicLayer::custom(panic::answer))
        // A call takes no longer than allowed, and calls beyond what the process can do are refused at once.
        .layer(bounds)
        // Nothing reaches a handler unless its rule allows it.
        .layer(guard)
        .add_routes(routes);
    let incoming = incoming(listener);
    match certificate {
        None => server.serve_with_incoming_shutdown(incoming, stop.cancelled_owned()).await,
        Some(certificate) => {
            let incoming = handshake::greeted(incoming, certificate, tasks);
            server.serve_with_incoming_shutdown(incoming, stop.cancelled_owned()).await
        }
    }
}

/// Serves health by plaintext and nothing else, for probes that don't speak TLS.
pub(crate) async fn serve_health(
    health: HealthServer<impl Health>,
    listener: TcpListener,
    stop: CancellationToken,
) -> Result<(), transport::Error> {
    let server = hardened_server().timeout(LONGEST_CALL).add_service(health);
    server.serve_with_incoming_shutdown(incoming(listener), stop.cancelled_owned()).await
}

fn incoming(listener: TcpListener) -> TcpIncoming {
    TcpIncoming::from(listener).with_nodelay(Some(true)).with_keepalive(Some(KEEPALIVE_EVERY))
}
