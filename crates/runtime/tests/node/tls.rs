//! TLS on the wire: who is believed, what is shown while files change, and who can't hold up others.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use runtime::tls::{self, Authorities, Certificate, TlsError};
use runtime::{Service as _, StartError, Transport, start};
use testkit::{Authority, Certified, TlsFiles};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpSocket, TcpStream};
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use wire::notification::GetMailboxMessageRequest;
use wire::notification::mailbox_service_client::MailboxServiceClient;
use wire::simulation::GetClockRequest;
use wire::simulation::clock_service_client::ClockServiceClient;

use crate::pair::{Pair, Source, channel, listener};

/// Handshakes of one source that may be under way at once.
const SHARE: usize = 256;
/// Far longer than a handshake may take.
const LIMIT: Duration = Duration::from_secs(60);

fn certificate(files: &TlsFiles) -> Result<Certificate, TlsError> {
    Certificate::load(&files.chain(), &files.key())
}

fn both(files: &TlsFiles) -> Transport {
    let authorities = Authorities::load(&files.authorities()).unwrap();
    Transport {
        certificate: Some(Arc::new(certificate(files).unwrap())),
        authorities: Some(Arc::new(authorities)),
        health: None,
    }
}

/// Both by TLS, with one certificate of one authority for loopback.
async fn encrypted() -> (Pair, Authority, TlsFiles) {
    let authority = Authority::new("ours");
    let files = TlsFiles::new(&authority.certify(&["127.0.0.1"]), &authority);
    (Pair::by(testkit::sqlite(), both(&files), both(&files)).await, authority, files)
}

/// A way to that address for who believes the authorities of these files.
fn way(address: &str, files: &TlsFiles) -> Channel {
    let authorities = Arc::new(Authorities::load(&files.authorities()).unwrap());
    tls::channel(&address.parse().unwrap(), Some(&authorities), |endpoint| endpoint).unwrap()
}

async fn clock(channel: Channel) -> Result<(), Status> {
    ClockServiceClient::new(channel).get_clock(GetClockRequest {}).await.map(drop)
}

/// What a new connection is shown.
async fn shown(authority: &Arc<Authority>, address: SocketAddr) -> Vec<u8> {
    let authority = Arc::clone(authority);
    tokio::task::spawn_blocking(move || authority.shown_at(address)).await.unwrap().unwrap()
}

#[tokio::test]
async fn siblings_tell_each_other_by_tls() {
    let (pair, _, files) = encrypted().await;
    pair.happen("a", "text").await;
    assert_eq!(pair.source.relay_once().await.unwrap(), 1);
    assert_eq!(pair.told("a"), ["text"]);
    clock(way(&format!("https://{}", pair.source.address()), &files)).await.expect("a caller who believes it");
}

#[tokio::test]
async fn who_is_certified_by_another_or_for_another_host_is_not_called() {
    let (pair, _, files) = encrypted().await;
    let other = Authority::new("another");
    let strange = TlsFiles::new(&other.certify(&["127.0.0.1"]), &other);
    let address = pair.source.address();
    let failed = clock(way(&format!("https://{address}"), &strange)).await.unwrap_err();
    assert_eq!(failed.code(), Code::Unavailable);
    assert!(failed.message().contains("TLS with 127.0.0.1") && failed.message().contains("UnknownIssuer"), "{failed}");
    let failed = clock(way(&format!("https://localhost:{}", address.port()), &files)).await.unwrap_err();
    assert_eq!(failed.code(), Code::Unavailable);
    assert!(failed.message().contains("TLS with localhost") && failed.message().contains("not valid for"), "{failed}");
}

#[tokio::test]
async fn plaintext_to_a_port_of_tls_fails_and_tls_to_one_of_plaintext() {
    let (pair, _, files) = encrypted().await;
    let failed = tokio::time::timeout(LIMIT, clock(channel(pair.source.address()))).await.expect("at once");
    assert_ne!(failed.unwrap_err().code(), Code::Ok);
    clock(way(&format!("https://{}", pair.source.address()), &files)).await.expect("others are served");
    let plain = Pair::start(testkit::sqlite()).await;
    let way = way(&format!("https://{}", plain.source.address()), &files);
    let failed = tokio::time::timeout(LIMIT, clock(way)).await.expect("in time").unwrap_err();
    assert_eq!(failed.code(), Code::Unavailable, "{failed}");
}

#[tokio::test]
async fn who_connects_and_says_nothing_holds_up_nobody_and_is_dropped() {
    let (pair, _, files) = encrypted().await;
    let address = pair.source.address();
    let mut silent = Vec::new();
    for _ in 0..SHARE {
        silent.push(connect([127, 0, 0, 2], address).await);
    }
    // Beyond the places of one source there are none; the others' are untouched.
    let mut beyond = connect([127, 0, 0, 2], address).await;
    assert!(is_dropped(&mut beyond).await);
    let open = silent[SHARE - 1].try_read(&mut [0]);
    assert!(open.is_err_and(|error| error.kind() == ErrorKind::WouldBlock), "those within have their time");
    clock(way(&format!("https://{address}"), &files)).await.expect("another source");
    for stream in &mut silent {
        assert!(is_dropped(stream).await);
    }
    let mut again = connect([127, 0, 0, 2], address).await;
    assert!(is_dropped(&mut again).await, "in its own time, as its places are free again");
}

async fn connect(source: [u8; 4], address: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((source, 0).into()).unwrap();
    socket.connect(address).await.unwrap()
}

/// Waits until the other end gives it up.
async fn is_dropped(stream: &mut TcpStream) -> bool {
    let read = tokio::time::timeout(LIMIT, stream.read(&mut [0])).await;
    read.is_ok_and(|read| !matches!(read, Ok(1..)))
}

#[tokio::test]
async fn a_new_certificate_is_shown_to_new_connections_and_no_call_fails() {
    let (pair, authority, files) = encrypted().await;
    let (address, authority) = (pair.sink.address(), Arc::new(authority));
    let here = way(&format!("https://{address}"), &files);
    let mut slow = MailboxServiceClient::new(here.clone());
    let slow = async move { slow.get_mailbox_message(GetMailboxMessageRequest::default()).await };
    let meanwhile = async {
        let _begun = pair.board.begun.acquire().await.unwrap();
        for _ in 0..5 {
            let next = authority.certify(&["127.0.0.1"]);
            files.show(&next);
            pair.sink.refresh_files().await;
            assert_eq!(shown(&authority, address).await, next.der());
            clock(here.clone()).await.expect("a connection from before");
            clock(way(&format!("https://{address}"), &files)).await.expect("a new one");
        }
        pair.board.may_end.add_permits(1);
    };
    let (slow, ()) = tokio::join!(slow, meanwhile);
    assert_eq!(slow.unwrap().into_inner().text, "slow but well");
}

#[tokio::test]
async fn files_that_are_of_no_use_leave_the_certificate_before_in_use() {
    let (pair, authority, files) = encrypted().await;
    let (address, authority) = (pair.sink.address(), Arc::new(authority));
    let before = shown(&authority, address).await;
    let next = authority.certify(&["127.0.0.1"]);
    let half = next.chain[..next.chain.len() / 2].to_owned();
    for (chain, key) in [
        (half, next.key.clone()),
        (next.chain.clone(), String::new()),
        (next.chain.clone(), authority.certify(&["127.0.0.1"]).key),
        ("no certificate".to_owned(), next.key.clone()),
    ] {
        files.show(&Certified { chain, key });
        pair.sink.refresh_files().await;
        assert_eq!(shown(&authority, address).await, before);
    }
    std::fs::remove_file(files.key()).unwrap();
    pair.sink.refresh_files().await;
    assert_eq!(shown(&authority, address).await, before);
    files.show(&next);
    pair.sink.refresh_files().await;
    assert_eq!(shown(&authority, address).await, next.der(), "once they are whole");
}

#[tokio::test]
async fn a_new_authority_is_believed_without_a_restart() {
    let (old, new) = (Authority::new("old"), Authority::new("new"));
    let files = TlsFiles::new(&new.certify(&["127.0.0.1"]), &old);
    let to_source = Transport { certificate: None, ..both(&files) };
    let pair = Pair::by(testkit::sqlite(), to_source, both(&files)).await;
    pair.happen("a", "text").await;
    pair.source.relay_once().await.unwrap();
    assert!(pair.told("a").is_empty(), "it is not believed yet");
    files.believe(&new);
    pair.source.refresh_files().await;
    pair.set_offset(60).await.unwrap();
    assert_eq!(pair.source.relay_once().await.unwrap(), 1);
    assert_eq!(pair.told("a"), ["text"]);
}

#[tokio::test]
async fn r64_health_has_a_plaintext_port_where_nothing_else_is() {
    let authority = Authority::new("ours");
    let files = TlsFiles::new(&authority.certify(&["127.0.0.1"]), &authority);
    let health = listener();
    let address = health.local_addr().unwrap();
    let pair = Pair::by(testkit::sqlite(), both(&files), Transport { health: Some(health), ..both(&files) }).await;
    let mut client = HealthClient::new(channel(address));
    for service in ["", "liveness", "linkage.notification.v1.MailboxService"] {
        let request = HealthCheckRequest { service: service.to_owned() };
        assert_eq!(client.check(request).await.unwrap().into_inner().status(), ServingStatus::Serving, "{service:?}");
    }
    assert_eq!(clock(channel(address)).await.unwrap_err().code(), Code::Unimplemented);
    let mut others = MailboxServiceClient::new(channel(address));
    let refused = others.get_mailbox_message(GetMailboxMessageRequest::default()).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unimplemented);
    let mut watched = client.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    assert_eq!(watched.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
    pair.sink.stop().await;
    while watched.message().await.unwrap().is_some_and(|told| told.status() == ServingStatus::NotServing) {}
    assert!(std::net::TcpStream::connect(address).is_err(), "nobody listens any more");
}

#[tokio::test]
async fn what_tls_lacks_is_told_at_the_start() {
    let (pair, authority, files) = encrypted().await;
    let told = || certificate(&files).unwrap_err().to_string();
    files.show(&Certified { key: authority.certify(&["127.0.0.1"]).key, ..authority.certify(&["127.0.0.1"]) });
    assert!(told().contains("tls.key is not the key to the first certificate"), "{}", told());
    files.show(&Certified { chain: String::new(), key: String::new() });
    assert!(told().contains("tls.crt holds no certificate in PEM: there is none in it"), "{}", told());
    files.show(&Certified { key: "hush".to_owned(), ..authority.certify(&["127.0.0.1"]) });
    assert!(told().contains("tls.key holds no private key") && !told().contains("hush"), "{}", told());
    std::fs::remove_file(files.chain()).unwrap();
    assert!(told().contains("tls.crt: No such file"), "{}", told());
    let Pair { source, place, .. } = pair;
    source.stop().await;
    // Its siblings' addresses are `https://`, and it believes nobody.
    let refused = start(Source, place.options(Source::NAME, listener())).await.err();
    assert!(matches!(refused, Some(StartError::Tls(TlsError::NoAuthorities(_)))), "{refused:?}");
}
