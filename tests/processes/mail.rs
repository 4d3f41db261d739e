//! Mail while processes are killed: none is lost, and none is doubled but for what a mail server was told just before.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use linkage::{Client, ServiceName};
use runtime::{Keys, Peers};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use wire::notification::notification_peer_service_client::NotificationPeerServiceClient;
use wire::notification::{Recipient, SendMessageRequest};
use wire::types::{Origin, Variable};

use crate::program::{LIMIT, Place, Process};

/// Between two looks.
const BREATH: Duration = Duration::from_millis(50);
/// As many recipients as one request has.
const EACH: u128 = 20;
/// What is read of the mailboxes: all mails, and of how many messages they are.
const ARRIVED: &str =
    "SELECT CAST(COUNT(*) AS TEXT) || ' ' || CAST(COUNT(DISTINCT message) AS TEXT) FROM mailbox_message";

/// Notification alone, asked by whoever holds relationship's key.
struct Sender {
    place: Place,
    tokio: tokio::runtime::Runtime,
}

impl Sender {
    fn new(mut place: Place) -> Sender {
        place.set("LINKAGE_NOTIFICATION__SERVICE__RECIPIENT_PER_MINUTE", "0");
        place.set("LINKAGE_NOTIFICATION__SERVICE__DOMAIN_PER_MINUTE", "0");
        let ended = place.run(&["migrate", "notification"]);
        assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
        Sender { place, tokio: tokio::runtime::Runtime::new().expect("a runtime") }
    }

    fn serve(&self) -> Process {
        self.place.serve(&["notification", "--simulation"])
    }

    fn address(&self) -> &str {
        &self.place.addresses[3]
    }

    /// Asks for a mail to each of these addresses, all caused by one event.
    fn ask(&self, event: u128, addresses: &[String]) {
        let keys = Keys::in_folder(&self.place.folder().join("data/keys"), ServiceName::Relationship).expect("keys");
        let uri = format!("http://{}", self.address()).parse().expect("a URI");
        let recipient = |email: &String| Recipient { email: email.clone(), ..Default::default() };
        let request = SendMessageRequest {
            origin: Some(Origin {
                source: "relationship".to_owned(),
                epoch: 1,
                event_id: ids::EventId::from_uuid(ids::RawId::from_u128(event)).to_string(),
                subject: "partnerships/x".to_owned(),
                version: 1,
                occur_time: Some(prost_types::Timestamp { seconds: 1_800_000_000, nanos: 0 }),
                ..Default::default()
            }),
            kind: "administration-ended".to_owned(),
            recipients: addresses.iter().map(recipient).collect(),
            reply_to: String::new(),
            variables: vec![Variable::text("grantor", "Kund AB"), Variable::text("grantee", "Fjällmoln AB")],
        };
        let asked = self.tokio.block_on(async {
            let peers = Peers::new(
                keys.own,
                ServiceName::Relationship,
                BTreeMap::from([(ServiceName::Notification, uri)]),
                None,
            )
            .expect("peers");
            NotificationPeerServiceClient::new(peers.client(ServiceName::Notification)).send_message(request).await
        });
        asked.expect("it is queued");
    }

    /// Lets business time come to a try that was cut off.
    fn pass(&self, address: &str, by: TimeDelta) {
        let address = address.parse().expect("an address");
        let asked = self.tokio.block_on(async {
            let client = Client::new(&BTreeMap::from([(ServiceName::Notification, address)])).expect("a client");
            let method = client.method("simulation.ClockService/SetOffset").expect("the clock's RPC");
            let request = json!({ "offset": format!("{}s", by.num_seconds()) });
            client.call(ServiceName::Notification, &method, &request, None).await.expect("an offset")
        });
        assert_eq!(asked.code, tonic::Code::Ok, "{}", asked.message);
    }
}

/// Kills two replicas' one half-way, and lets the other go on.
#[expect(clippy::print_stdout, reason = "a run tells what it has measured")]
fn halfway(count: u128) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let Some(database) = runtime.block_on(testkit::postgres()) else { return };
    let url = database.settings.url.expose_secret().to_owned();
    let mut first = Place::new();
    first.set("LINKAGE_NOTIFICATION__DATABASE", &url);
    let sender = Sender::new(first);
    let mut killed = sender.serve();
    for event in 0..count / EACH {
        let addresses: Vec<_> = (0..EACH).map(|number| format!("r{number}@d{}.example", event % 50)).collect();
        sender.ask(event, &addresses);
    }
    let address = Place::new().addresses[3].clone();
    let mut command = sender.place.command(&["serve", "notification", "--simulation"]);
    command.env("LINKAGE_NOTIFICATION__LISTEN", &address);
    let mut other = Process::serving(command);
    let arrived = || {
        let answer = testkit::ask(&url, ARRIVED).remove(0);
        let (all, distinct) = answer.split_once(' ').map(|(a, b)| (a.parse::<u128>(), b.parse::<u128>())).expect("two");
        (all.expect("a number"), distinct.expect("a number"))
    };
    let began = Instant::now();
    while arrived().0 < count / 2 {
        assert!(began.elapsed() < LIMIT, "half of them never come");
        killed.line(BREATH);
    }
    killed.kill();
    let at_kill = arrived().0;
    let after = Instant::now();
    // Tries that the kill cut off are due again after five minutes of business time.
    sender.pass(&address, TimeDelta::minutes(6));
    while arrived().0 < count {
        assert!(after.elapsed() < LIMIT * 2, "only {:?} of {count} came", arrived());
        other.line(BREATH);
    }
    println!("{count} mails, killed at {at_kill}: {:.0} mails/s", count as f64 / began.elapsed().as_secs_f64());
    assert_eq!(arrived(), (count, count), "each once");
    assert_eq!(other.stop().code, Some(0));
    assert_eq!(arrived(), (count, count), "each once");
}

#[test]
fn r51_of_two_replicas_one_is_killed_half_way_and_each_mail_comes_once() {
    halfway(500);
}

/// The same at length: `cargo test --workspace --test processes -- --ignored ten_thousand --nocapture`.
#[test]
#[ignore = "takes minutes"]
fn ten_thousand_mails_come_once_each_too() {
    halfway(10_000);
}

/// A mail server in a process of its own, see notification's own tests.
struct MailServer {
    child: Child,
    lines: Receiver<Value>,
    told: Vec<Value>,
    port: u64,
}

impl MailServer {
    /// Unless aiosmtpd is not installed.
    #[expect(
        clippy::disallowed_methods,
        reason = "where aiosmtpd is, and whether it must be there, is told by the environment"
    )]
    fn start(port: u16) -> Option<MailServer> {
        let python = std::env::var("LINKAGE_SMTP_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let there = Command::new(&python).args(["-c", "import aiosmtpd.smtp"]).output();
        if !there.as_ref().is_ok_and(|output| output.status.success()) {
            let required = std::env::var("LINKAGE_REQUIRE_SMTP").is_ok_and(|value| value == "1");
            assert!(!required, "aiosmtpd is required, but {python} says: {there:?}");
            let _ = writeln!(std::io::stderr(), "kills while sending left out: {python} has no aiosmtpd");
            return None;
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../notification/tests/delivery/server.py");
        let mut child = Command::new(python)
            .arg(script)
            .args(["--port", &port.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the mail server starts");
        let (sender, lines) = channel();
        let out = BufReader::new(child.stdout.take().expect("its output"));
        std::thread::spawn(move || {
            let events = out.lines().map_while(Result::ok).filter_map(|line| serde_json::from_str(&line).ok());
            events.into_iter().try_for_each(|event: Value| sender.send(event))
        });
        let mut server = MailServer { child, lines, told: Vec::new(), port: 0 };
        let listening = server.until("listening", "");
        server.port = listening["port"].as_u64().expect("a port");
        Some(server)
    }

    /// Waits for an event about this address.
    fn until(&mut self, event: &str, address: &str) -> Value {
        loop {
            let told =
                self.lines.recv_timeout(LIMIT).unwrap_or_else(|_| panic!("no {event} {address}: {:#?}", self.told));
            self.told.push(told.clone());
            let about = told["address"].as_str().or(told["recipients"][0].as_str()).unwrap_or_default();
            if told["event"] == event && about == address {
                return told;
            }
        }
    }

    /// How many mails it took for this address, and under how many ids.
    fn copies(&mut self, address: &str) -> (usize, usize) {
        self.told.extend(self.lines.try_iter());
        let taken = self.told.iter().filter(|told| told["event"] == "taken" && told["recipients"][0] == address);
        let ids: Vec<_> = taken.map(|told| told["id"].to_string()).collect();
        (ids.len(), ids.iter().collect::<std::collections::BTreeSet<_>>().len())
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A place whose mail goes to the server at this port.
fn sending_to(port: u16) -> Place {
    let mut place = Place::new();
    let port = port.to_string();
    for (name, value) in [
        ("TRANSPORT", "smtp"),
        ("SMTP__HOST", "localhost"),
        ("SMTP__PORT", port.as_str()),
        ("SMTP__ENCRYPTION", "none"),
    ] {
        place.set(&format!("LINKAGE_NOTIFICATION__SERVICE__{name}"), value);
    }
    place
}

#[test]
fn r52_a_kill_at_any_step_of_sending_loses_no_mail_and_adds_one_copy_at_most() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = silent.local_addr().expect("its address").port();
    let sender = Sender::new(sending_to(port));
    let mut event = 0;
    let mut ask = |local: &str| {
        event += 1;
        let address = format!("{local}@x.example");
        sender.ask(event, std::slice::from_ref(&address));
        address
    };

    // Connected, and nothing said.
    let mut process = sender.serve();
    let early = ask("early");
    let _connected = silent.accept().expect("it connects");
    process.kill();
    drop((silent, _connected));
    let Some(mut server) = MailServer::start(port) else { return };
    assert_eq!(server.port, u64::from(port));
    let mut hours = 0;
    let mut again = |process: &mut Process| {
        process.kill();
        *process = sender.serve();
        hours += 1;
        sender.pass(sender.address(), TimeDelta::hours(hours));
    };
    again(&mut process);
    server.until("taken", &early);

    // The recipient was named.
    let named = ask("hold-rcpt");
    server.until("held", &named);
    again(&mut process);
    server.until("taken", &named);

    // The server has the mail and has not said so.
    let unsaid = ask("hold-data");
    server.until("held", &unsaid);
    again(&mut process);
    server.until("taken", &unsaid);

    // The server says so just now.
    let said = ask("ada");
    server.until("taken", &said);
    again(&mut process);
    let last = ask("last");
    server.until("taken", &last);
    assert_eq!(process.stop().code, Some(0));

    let taken = [(early, 1..=1), (named, 1..=1), (unsaid, 2..=2), (said, 1..=2), (last, 1..=1)];
    for (address, copies) in taken {
        let (all, ids) = server.copies(&address);
        assert!(copies.contains(&all), "{all} copies to {address}, not {copies:?}");
        assert_eq!(ids, 1, "copies are known as one mail");
    }
}
