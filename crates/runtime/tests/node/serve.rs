//! The server's limits, and what a defect in one handler costs.

use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tonic::body::Body;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status};
use tower::ServiceExt;
use wire::notification::mailbox_service_client::MailboxServiceClient;
use wire::simulation::GetClockRequest;
use wire::simulation::clock_service_client::ClockServiceClient;

use crate::pair::{Pair, channel, reason};

/// Ids of HTTP/2 settings.
const MAX_CONCURRENT_STREAMS: u16 = 3;
const MAX_FRAME_SIZE: u16 = 5;
const MAX_HEADER_LIST_SIZE: u16 = 6;

#[tokio::test]
async fn connection_is_told_its_limits_at_once() {
    let pair = Pair::start(testkit::sqlite()).await;
    let mut stream = TcpStream::connect(pair.sink.address()).await.unwrap();
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
    let mut head = [0; 9];
    stream.read_exact(&mut head).await.unwrap();
    assert_eq!(head[3], 4, "the first frame holds settings");
    let mut body = vec![0; usize::from(u16::from_be_bytes([head[1], head[2]]))];
    stream.read_exact(&mut body).await.unwrap();
    let setting = |id: u16| {
        let found = body.chunks(6).find(|entry| entry[..2] == id.to_be_bytes())?;
        Some(u32::from_be_bytes([found[2], found[3], found[4], found[5]]))
    };
    assert_eq!(setting(MAX_CONCURRENT_STREAMS), Some(100));
    assert_eq!(setting(MAX_FRAME_SIZE), Some(16 * 1024));
    assert_eq!(setting(MAX_HEADER_LIST_SIZE), Some(16 * 1024));
}

#[tokio::test]
async fn panic_is_internal_and_leaves_the_connections_other_calls_alone() {
    let pair = Pair::start(testkit::sqlite()).await;
    let mut client = MailboxServiceClient::new(channel(pair.sink.address()));
    let mut other = client.clone();
    let slow = async move { other.get_mailbox_message(wire::notification::GetMailboxMessageRequest::default()).await };
    let rest = async {
        let _begun = pair.board.begun.acquire().await.unwrap();
        let request = wire::notification::ListMailboxMessagesRequest::default();
        let status = client.list_mailbox_messages(request).await.unwrap_err();
        pair.board.may_end.add_permits(1);
        status
    };
    let (slow, status) = tokio::join!(slow, rest);
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Internal, "INTERNAL"));
    assert!(!status.message().contains("defect"), "{}", status.message());
    assert_eq!(slow.unwrap().into_inner().text, "slow but well");
}

/// Connections of the source that stalls, and calls on each: more than the whole room together.
const STALLING: (usize, usize) = (5, 64);
/// Calls of one source that are let in at once.
const SHARE: usize = 64;

#[tokio::test]
async fn stalled_bodies_of_one_source_leave_room_for_others() {
    let pair = Pair::start(testkit::sqlite()).await;
    let at = pair.source.address();
    let (other, own) = (channel_from([127, 0, 0, 2], at).await, channel_from([127, 0, 0, 1], at).await);
    let mut stalled = FuturesUnordered::new();
    for _ in 0..STALLING.0 {
        let channel = channel_from([127, 0, 0, 1], at).await;
        stalled.extend((0..STALLING.1).map(|_| stall(channel.clone())));
    }
    // Those beyond the share are refused at once: then the others are in, and wait.
    for _ in SHARE..STALLING.0 * STALLING.1 {
        let status = stalled.next().await.unwrap();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::ResourceExhausted, "RATE_LIMITED"));
    }
    assert_eq!(clock(&own).await.unwrap_err().code(), Code::ResourceExhausted);
    clock(&other).await.expect("another source has its own share");
    for _ in 0..SHARE {
        let status = stalled.next().await.unwrap();
        assert_eq!((status.code(), status.message()), (Code::DeadlineExceeded, "the message did not arrive in time"));
    }
    clock(&own).await.expect("there is room again");
}

/// A call whose message never comes; how it is answered.
async fn stall(channel: Channel) -> Status {
    let request = http::Request::post("/linkage.simulation.v1.ClockService/GetClock")
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(Body::new(Stalled))
        .unwrap();
    let answer = channel.oneshot(request).await.unwrap();
    Status::from_header_map(answer.headers()).unwrap()
}

struct Stalled;

impl http_body::Body for Stalled {
    type Data = bytes::Bytes;
    type Error = Status;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<bytes::Bytes>, Status>>> {
        Poll::Pending
    }
}

async fn channel_from(source: [u8; 4], at: SocketAddr) -> Channel {
    let endpoint = Endpoint::try_from(format!("http://{at}")).unwrap().local_address(Some(source.into()));
    endpoint.connect().await.unwrap()
}

async fn clock(channel: &Channel) -> Result<(), Status> {
    ClockServiceClient::new(channel.clone()).get_clock(GetClockRequest {}).await.map(drop)
}
