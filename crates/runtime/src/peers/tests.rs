mod replicas;

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use prost::Message;
use tokio::task::JoinSet;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::metadata::MetadataMap;
use tonic::transport::Server;
use tonic::{Code, Response};
use wire::access::key_service_server::{KeyService, KeyServiceServer};
use wire::access::{GetSigningKeysRequest, GetSigningKeysResponse, SigningKey as WireKey};

use super::*;
use crate::access::AccessKeys;
use crate::keys::Keys;
use crate::token::read_service;

const METHOD: &str = "/linkage.access.v1.KeyService/GetSigningKeys";

/// Enrollment, as far as its siblings ask it for keys.
#[derive(Default)]
struct Enrollment {
    keys: Mutex<Vec<WireKey>>,
    calls: AtomicUsize,
    seen: Mutex<Option<MetadataMap>>,
    failure: Option<(Code, &'static str)>,
}

#[tonic::async_trait]
impl KeyService for Enrollment {
    async fn get_signing_keys(
        &self,
        request: Request<GetSigningKeysRequest>,
    ) -> Result<Response<GetSigningKeysResponse>, Status> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        *self.seen.lock().unwrap() = Some(request.metadata().clone());
        match self.failure {
            Some((code, message)) => Err(Status::new(code, message)),
            None => Ok(Response::new(GetSigningKeysResponse { keys: self.keys.lock().unwrap().clone() })),
        }
    }
}

async fn serve(enrollment: Enrollment) -> (Arc<Enrollment>, SocketAddr, JoinSet<()>) {
    let enrollment = Arc::new(enrollment);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = Server::builder().add_service(KeyServiceServer::from_arc(Arc::clone(&enrollment)));
    let mut running = JoinSet::new();
    running.spawn(async { server.serve_with_incoming(TcpListenerStream::new(listener)).await.unwrap() });
    (enrollment, address, running)
}

fn peers(key: &SigningKey, address: SocketAddr) -> Peers {
    let uri = format!("http://{address}").parse().unwrap();
    Peers::new(key.clone(), ServiceName::Relationship, BTreeMap::from([(ServiceName::Enrollment, uri)]), None).unwrap()
}

fn keys_of(peers: &Peers) -> AccessKeys {
    let own = SigningKey::generate().unwrap();
    AccessKeys::new(&Keys { own, services: BTreeMap::new(), access: None }, peers)
}

#[tokio::test]
async fn a_call_carries_the_services_own_token_its_deadline_and_its_trace() {
    let key = SigningKey::generate().unwrap();
    let (enrollment, address, _running) = serve(Enrollment::default()).await;
    let payload = GetSigningKeysRequest {}.encode_to_vec();
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    peers(&key, address).call(ServiceName::Enrollment, METHOD, payload, Some(trace)).await.unwrap();

    let seen = enrollment.seen.lock().unwrap().take().unwrap();
    let text = |name: &str| seen.get(name).unwrap().to_str().unwrap().to_owned();
    assert_eq!((text("traceparent").as_str(), text("grpc-timeout").as_str()), (trace, "10000m"));
    let bearer = text("authorization");
    let token = bearer.strip_prefix("Bearer ").unwrap();
    assert!(read_service(key.public(), ServiceName::Relationship, ServiceName::Enrollment, token).is_ok());
}

#[tokio::test]
async fn a_failure_is_told_as_what_it_is() {
    let key = SigningKey::generate().unwrap();
    let call = async |peers: &Peers, to, method| {
        let answer = peers.call(to, method, Vec::new(), None).await;
        answer.unwrap_err().code()
    };
    let late = Enrollment { failure: Some((Code::Cancelled, "Timeout expired")), ..Enrollment::default() };
    let (_, address, running) = serve(late).await;
    let reached = peers(&key, address);
    assert_eq!(call(&reached, ServiceName::Enrollment, METHOD).await, Code::DeadlineExceeded);
    assert_eq!(call(&reached, ServiceName::Enrollment, "/x.Y/Z").await, Code::Unimplemented);
    assert_eq!(call(&reached, ServiceName::Enrollment, "no path").await, Code::Internal);
    assert_eq!(call(&reached, ServiceName::Notification, METHOD).await, Code::Unavailable);

    let refusal = Enrollment { failure: Some((Code::Cancelled, "given up")), ..Enrollment::default() };
    let (_, address, _running) = serve(refusal).await;
    assert_eq!(call(&peers(&key, address), ServiceName::Enrollment, METHOD).await, Code::Cancelled);

    drop(running);
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(call(&peers(&key, free), ServiceName::Enrollment, METHOD).await, Code::Unavailable);
}

#[tokio::test]
async fn access_keys_are_asked_for_once_and_unknown_ones_not_at_every_call() {
    let signing = SigningKey::generate().unwrap();
    let given = |kid: &str, public_key| WireKey { kid: kid.to_owned(), public_key };
    // The id is a digest of the key: one that enrollment says is not looked at.
    let keys = vec![given("x", signing.public().bytes().to_vec()), given("y", vec![1, 2, 3])];
    let (enrollment, address, _running) = serve(Enrollment { keys: Mutex::new(keys), ..Enrollment::default() }).await;
    let access = keys_of(&peers(&SigningKey::generate().unwrap(), address));
    let found = futures::future::join_all((0..20).map(|_| access.find(signing.kid()))).await;
    assert!(found.into_iter().all(|key| key.unwrap().as_deref() == Some(signing.public())));
    assert_eq!(enrollment.calls.load(Ordering::SeqCst), 1);
    for kid in ["x", "y"].into_iter().cycle().take(200) {
        assert!(access.find(kid).await.unwrap().is_none(), "{kid}");
    }
    assert!(enrollment.calls.load(Ordering::SeqCst) < 50);
}

#[tokio::test]
async fn a_withdrawn_access_key_no_longer_counts() {
    let signing = SigningKey::generate().unwrap();
    let keys = vec![WireKey { kid: String::new(), public_key: signing.public().bytes().to_vec() }];
    let (enrollment, address, _running) = serve(Enrollment { keys: Mutex::new(keys), ..Enrollment::default() }).await;
    let access = keys_of(&peers(&SigningKey::generate().unwrap(), address));
    assert!(access.find(signing.kid()).await.unwrap().is_some());
    enrollment.keys.lock().unwrap().clear();
    assert!(access.find(signing.kid()).await.unwrap().is_some(), "not asked at every call");
    access.reload().await.unwrap();
    assert!(access.find(signing.kid()).await.unwrap().is_none());
}

#[tokio::test]
async fn without_enrollment_a_token_is_neither_believed_nor_called_forged() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let access = keys_of(&peers(&SigningKey::generate().unwrap(), free));
    for _ in 0..2 {
        assert_eq!(access.find("some").await.unwrap_err().reason(), "DEPENDENCY_DOWN");
    }
}
