//! Connections whose TLS handshake is done: each beside the others, in time or given up.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::{Stream, StreamExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};
use tonic::transport::server::TcpIncoming;

use super::room::Room;
use crate::source;
use crate::tls::Certificate;

/// How long a handshake may take: two turns on a slow line.
const LONGEST: Duration = Duration::from_secs(5);
/// Handshakes under way at once, and of these those of one source: who connects and says nothing keeps its own places, not others'.
const PLACES: usize = 4096;
const SHARE: usize = 256;

/// What of these connections speaks TLS. The others are errors, which the server passes over.
pub(super) fn greeted(
    incoming: TcpIncoming,
    certificate: Arc<Certificate>,
    tasks: TaskTracker,
) -> impl Stream<Item = io::Result<TlsStream<TcpStream>>> {
    let room = Room::shared(PLACES, SHARE);
    let greet = move |arrived| greet(arrived, room.clone(), Arc::clone(&certificate), tasks.clone());
    // Of any number: the room keeps them within bounds, and nobody waits to be let in behind who says nothing.
    incoming.map(greet).buffer_unordered(usize::MAX)
}

async fn greet(
    arrived: io::Result<TcpStream>,
    room: Room<IpAddr>,
    certificate: Arc<Certificate>,
    tasks: TaskTracker,
) -> io::Result<TlsStream<TcpStream>> {
    let tcp = arrived?;
    let source = source::network(tcp.peer_addr().ok().map(|address| address.ip().to_canonical()));
    let _place = room.enter(source).ok_or(io::ErrorKind::QuotaExceeded)?;
    let handshake = TlsAcceptor::from(certificate.now()).accept(tcp);
    // In a task of its own, as its arithmetic would hold up those who arrive.
    let handshake = tasks.spawn(tokio::time::timeout(LONGEST, handshake));
    AbortOnDropHandle::new(handshake).await.map_err(io::Error::other)??
}
