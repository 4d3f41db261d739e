//! A name server on loopback, by UDP and by TCP, that answers, fails or is silent by name.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hickory_server::Server;
use hickory_server::net::runtime::Time;
use hickory_server::proto::op::{Header, HeaderCounts, Metadata, ResponseCode};
use hickory_server::proto::rr::rdata::{CNAME, TXT};
use hickory_server::proto::rr::{Name, RData, Record, RecordType};
use hickory_server::server::{Request, RequestHandler, ResponseHandler, ResponseInfo};
use hickory_server::zone_handler::MessageResponseBuilder;
use tokio::net::{TcpListener, UdpSocket};

/// What there is at a name.
#[derive(Debug, Clone)]
pub(crate) enum At {
    /// TXT records, each of several strings.
    Texts(Vec<Vec<String>>),
    /// Another name.
    Alias(String),
    /// The name alone.
    Nothing,
    /// A code instead of an answer.
    Code(ResponseCode),
    /// No answer.
    Silence,
}

type Names = Arc<Mutex<BTreeMap<String, At>>>;

/// The server. It stops when dropped.
pub(crate) struct NameServer {
    pub(crate) address: SocketAddr,
    names: Names,
    asked: Arc<Mutex<Vec<String>>>,
    _server: Server<Answers>,
}

struct Answers {
    names: Names,
    asked: Arc<Mutex<Vec<String>>>,
}

impl NameServer {
    pub(crate) async fn start() -> NameServer {
        let (names, asked) = (Names::default(), Arc::<Mutex<Vec<String>>>::default());
        let mut server = Server::new(Answers { names: Arc::clone(&names), asked: Arc::clone(&asked) });
        // The same port for both.
        let (listener, socket, address) = loop {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            if let Ok(socket) = UdpSocket::bind(address).await {
                break (listener, socket, address);
            }
        };
        server.register_socket(socket);
        server.register_listener(listener, Duration::from_secs(5), 32);
        NameServer { address, names, asked, _server: server }
    }

    /// Publishes something at a full name.
    pub(crate) fn publish(&self, name: &str, at: At) {
        self.names.lock().unwrap().insert(name.to_owned(), at);
    }

    /// Publishes these texts, one string each.
    pub(crate) fn texts(&self, name: &str, texts: &[&str]) {
        self.publish(name, At::Texts(texts.iter().map(|text| vec![(*text).to_owned()]).collect()));
    }

    /// As at the beginning: no names, and nobody has asked.
    pub(crate) fn forget(&self) {
        self.names.lock().unwrap().clear();
        self.asked.lock().unwrap().clear();
    }

    /// How often a name was asked for.
    pub(crate) fn asked(&self, name: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| *asked == name).count()
    }
}

impl Answers {
    /// The records of a name, its aliases included; none when it is silent.
    fn find(&self, name: &str) -> Option<(ResponseCode, Vec<Record>)> {
        let names = self.names.lock().unwrap();
        let (mut here, mut records) = (name.to_owned(), Vec::new());
        loop {
            let owner = Name::from_ascii(&here).unwrap();
            let record = |data| Record::from_rdata(owner.clone(), 60, data);
            match names.get(&here).cloned() {
                Some(At::Alias(to)) => {
                    records.push(record(RData::CNAME(CNAME(Name::from_ascii(&to).unwrap()))));
                    here = to;
                }
                Some(At::Texts(texts)) => {
                    records.extend(texts.into_iter().map(|strings| record(RData::TXT(TXT::new(strings)))));
                    return Some((ResponseCode::NoError, records));
                }
                Some(At::Nothing) => return Some((ResponseCode::NoError, records)),
                Some(At::Code(code)) => return Some((code, Vec::new())),
                Some(At::Silence) => return None,
                None => return Some((ResponseCode::NXDomain, records)),
            }
        }
    }
}

#[tonic::async_trait]
impl RequestHandler for Answers {
    async fn handle_request<R: ResponseHandler, T: Time>(&self, request: &Request, mut answer: R) -> ResponseInfo {
        let query = request.request_info().unwrap().query;
        let name = query.name().to_string().to_lowercase();
        assert_eq!(query.query_type(), RecordType::TXT);
        self.asked.lock().unwrap().push(name.clone());
        let Some((code, records)) = self.find(&name) else {
            let metadata = Metadata::response_from_request(&request.metadata);
            return Header { metadata, counts: HeaderCounts::default() }.into();
        };
        let mut metadata = Metadata::response_from_request(&request.metadata);
        metadata.response_code = code;
        metadata.recursion_available = true;
        let mut builder = MessageResponseBuilder::from_message_request(request);
        if let Some(edns) = request.edns.as_ref() {
            builder.edns(edns);
        }
        let response = builder.build(metadata, &records, [], [], []);
        answer.send_response(response).await.unwrap()
    }
}
