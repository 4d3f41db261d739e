//! The server's limits, and what a defect in one handler costs.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tonic::Code;
use wire::notification::mailbox_service_client::MailboxServiceClient;

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
