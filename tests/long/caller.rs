//! Calls from the test's own process, with what was acknowledged, and what the services must show for it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use linkage::demo::play::request_id;
use linkage::people::People;
use linkage::{Answer, Client, ServiceName, SigningKey};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tonic::metadata::{Ascii, MetadataValue};

use crate::program::Place;

/// The operator, as the shipped configuration names it.
pub(crate) const OPERATOR: &str = "operator@linkage.example";

/// A command that was acknowledged.
#[derive(Debug, Clone)]
pub(crate) struct Write {
    pub(crate) who: String,
    pub(crate) rpc: String,
    pub(crate) request: Value,
    /// The answer as it came.
    pub(crate) payload: Vec<u8>,
}

impl Write {
    pub(crate) fn id(&self) -> &str {
        self.request["request_id"].as_str().unwrap_or_default()
    }
}

/// Somebody who speaks to services.
pub(crate) struct Caller {
    runtime: Runtime,
    client: Client,
    people: People,
    /// For how long a call that got no answer is made again, with the same request id.
    pub(crate) insists: Duration,
    /// Everything that was acknowledged, in its order.
    pub(crate) writes: Arc<Mutex<Vec<Write>>>,
}

/// Where the services of a place listen.
pub(crate) fn addresses(place: &Place) -> BTreeMap<ServiceName, SocketAddr> {
    let command = place.command(&[]);
    let variable = |service: ServiceName| format!("LINKAGE_{}__LISTEN", service.as_str().to_uppercase());
    let value =
        |service| command.get_envs().find(|(name, _)| **name == *variable(service)).and_then(|(_, value)| value);
    let address = |service| value(service)?.to_str()?.parse().ok();
    ServiceName::ALL.into_iter().map(|service| (service, address(service).expect("an address"))).collect()
}

/// Where the data of a place is.
pub(crate) fn data(place: &Place) -> PathBuf {
    place.command(&[]).get_current_dir().expect("a folder").join("data")
}

impl Caller {
    /// Speaks to services at these addresses, whose data folder this is.
    pub(crate) fn new(addresses: &BTreeMap<ServiceName, SocketAddr>, data: &Path) -> Caller {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let client = runtime.block_on(async { Client::new(addresses) }).expect("a client");
        let key = SigningKey::load_or_create(&data.join("keys").join(runtime::keys::ISSUER_FILE));
        let people = People::new(key.expect("the development issuer's key"));
        Caller { runtime, client, people, insists: Duration::from_secs(60), writes: Arc::default() }
    }

    /// Speaks to the services of a place.
    pub(crate) fn of(place: &Place) -> Caller {
        Caller::new(&addresses(place), &data(place))
    }

    /// Calls an RPC, such as `enrollment.UserService/GetSelf`, as the person of this address.
    pub(crate) fn call(&mut self, who: &str, rpc: &str, request: &Value) -> Answer {
        let method = self.client.method(rpc).expect(rpc);
        self.call_at(Client::home(&method).expect("a service"), who, rpc, request)
    }

    /// The same at one of the services that serve the RPC.
    pub(crate) fn call_at(&mut self, home: ServiceName, who: &str, rpc: &str, request: &Value) -> Answer {
        let began = Instant::now();
        loop {
            let answer = self.once(home, who, rpc, request);
            if answer.reason == "CREDENTIAL_INVALID" && began.elapsed() < self.insists {
                self.people.forget(who);
            } else if !answer.is_transient() || began.elapsed() >= self.insists {
                return answer;
            }
        }
    }

    fn once(&mut self, home: ServiceName, who: &str, rpc: &str, request: &Value) -> Answer {
        let Caller { runtime, client, people, .. } = self;
        runtime.block_on(async {
            let token = match people.token(client, who, None).await.expect("an identity token") {
                Ok(token) => token,
                Err(refused) => return refused,
            };
            let method = client.method(rpc).expect(rpc);
            let answer = client.call(home, &method, request, Some(&token)).await;
            answer.unwrap_or_else(|error| panic!("{rpc}: {request} is no such request: {error}"))
        })
    }

    /// The access token of the person of this address, who signs in for it when they have none.
    pub(crate) fn token(&mut self, who: &str) -> String {
        let Caller { runtime, client, people, .. } = self;
        let token = runtime.block_on(people.token(client, who, None)).expect("an identity token");
        token.unwrap_or_else(|refused| panic!("{who}: {}", refused.message))
    }

    /// The same as calls bear it.
    pub(crate) fn bearer(&mut self, who: &str) -> MetadataValue<Ascii> {
        format!("Bearer {}", self.token(who)).parse().expect("a token is a header's value")
    }

    /// Gives its people, with the tokens that they signed in for, to another one, and takes that one's.
    pub(crate) fn trade_people(&mut self, other: &mut Caller) {
        std::mem::swap(&mut self.people, &mut other.people);
    }

    /// Calls without any credential.
    pub(crate) fn anybody(&mut self, home: ServiceName, rpc: &str, request: &Value) -> Answer {
        self.bearing(None, home, rpc, request)
    }

    /// Calls with this credential, whatever it is worth.
    pub(crate) fn bearing(&mut self, token: Option<&str>, home: ServiceName, rpc: &str, request: &Value) -> Answer {
        let method = self.client.method(rpc).expect(rpc);
        self.runtime.block_on(self.client.call(home, &method, request, token)).expect(rpc)
    }

    /// Moves the clock of one service to so many seconds ahead of real time.
    pub(crate) fn set_ahead(&mut self, service: ServiceName, seconds: i64) {
        let offset = json!({ "offset": format!("{seconds}s") });
        let answer = self.anybody(service, "simulation.ClockService/SetOffset", &offset);
        assert_eq!(answer.code, tonic::Code::Ok, "{service}: {}", answer.message);
    }

    /// A command under a request id of its own; remembered once it is acknowledged.
    pub(crate) fn write(&mut self, who: &str, rpc: &str, mut request: Value) -> Result<Value, Box<Refused>> {
        request["request_id"] = json!(request_id());
        self.again(&Write { who: who.to_owned(), rpc: rpc.to_owned(), request, payload: Vec::new() })
    }

    /// The same command again, under its request id.
    pub(crate) fn again(&mut self, write: &Write) -> Result<Value, Box<Refused>> {
        let answer = self.call(&write.who, &write.rpc, &write.request);
        if answer.code != tonic::Code::Ok {
            return Err(Box::new(Refused { write: write.clone(), answer }));
        }
        if write.rpc.ends_with("/CreateOrganization") {
            self.people.forget(&write.who);
        }
        let mut writes = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
        writes.push(Write { payload: answer.payload.clone(), ..write.clone() });
        Ok(answer.body)
    }

    /// The trail of all services, as the operator reads it.
    pub(crate) fn trail(&mut self) -> Vec<Value> {
        let Caller { runtime, client, people, .. } = self;
        runtime.block_on(linkage::audit::trail(client, people, OPERATOR, None)).expect("the trail")
    }

    /// How many mails of each kind lie in each mailbox.
    pub(crate) fn mails(&mut self) -> BTreeMap<String, usize> {
        let (mut count, mut page) = (BTreeMap::new(), String::new());
        loop {
            let request = json!({ "parent": "mailboxes/-", "page_size": 200, "page_token": page });
            let answer = self.call(OPERATOR, "notification.MailboxService/ListMailboxMessages", &request);
            assert_eq!(answer.code, tonic::Code::Ok, "{}", answer.message);
            for mail in answer.body["mailbox_messages"].as_array().into_iter().flatten() {
                let [name, kind] = ["name", "kind"].map(|key| mail[key].as_str().unwrap_or_default());
                let mailbox = name.split('/').nth(1).unwrap_or_default();
                *count.entry(format!("{kind} to {mailbox}")).or_default() += 1;
            }
            page = answer.body["next_page_token"].as_str().unwrap_or_default().to_owned();
            if page.is_empty() {
                return count;
            }
        }
    }
}

/// A command that was not done.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) write: Write,
    pub(crate) answer: Answer,
}
