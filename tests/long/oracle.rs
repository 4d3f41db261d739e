//! What must be so in the databases of four services, whatever happened to them: every acknowledged command is there and gives
//! its first answer again, every message had its effect once, and each subject's messages in their order.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use linkage::ServiceName;
use serde_json::json;

use crate::caller::{Caller, Write};
use crate::four::Four;

/// What the tables tell of it all; see there.
const WATCH: &str = include_str!("oracle/watch.sql");
/// How long the services may take to come to rest once no fault is left: several leases.
const RECOVERY: Duration = Duration::from_secs(60);
/// How far the clock goes ahead while messages wait for their next try, in seconds.
const STEP: i64 = 600;

/// A message that a service wrote: to whom, of what, which of its subject's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Told {
    source: ServiceName,
    destination: String,
    subject: String,
    version: i64,
}

/// Begins to watch what is written to outbox and inbox of this database.
pub(crate) fn watch(url: &str) {
    for statement in WATCH.split("\n\n") {
        testkit::ask(url, statement);
    }
}

impl Four {
    /// Waits until nothing is left to deliver but what is parked or waits behind it; the clock goes ahead for what waits for
    /// its next try.
    pub(crate) fn settle(&self, caller: &mut Caller) {
        let began = Instant::now();
        for service in ServiceName::ALL {
            let parked = "EXISTS (SELECT 1 FROM outbox p WHERE p.parked_at IS NOT NULL AND p.subject = outbox.subject \
                AND p.destination = outbox.destination)";
            let waiting =
                format!("SELECT concat(destination, ' ', subject, ': ', last_error) FROM outbox WHERE NOT {parked}");
            let mut looked = 0;
            loop {
                let rows = self.ask(service, &waiting);
                if rows.is_empty() {
                    break;
                }
                assert!(began.elapsed() < RECOVERY, "{service} never delivers\n{}", rows.join("\n"));
                looked += 1;
                if looked % 25 == 0 {
                    self.step(caller, STEP);
                }
                self.breathe();
            }
        }
        self.until(ServiceName::Notification, "SELECT count(*) = 0 FROM message WHERE state IN ('QUEUED', 'SENDING')");
    }

    /// What is wrong once everything has settled; nothing, it is to be hoped. What is parked, and what waits behind it, need
    /// not have arrived.
    pub(crate) fn judge(&self, caller: &mut Caller) -> Vec<String> {
        self.settle(caller);
        let mut wrong = Vec::new();
        let (told, mails) = self.told();
        let mut heard = 0;
        for service in ServiceName::ALL {
            let admitted = self.admitted(service);
            heard += admitted.len();
            wrong.extend(out_of_order(service, &admitted));
            wrong.extend(unlike(service, &told, &admitted));
            wrong.extend(self.doubled(service));
        }
        assert!(heard > 0 || told.is_empty(), "the inboxes are watched");
        wrong.extend(self.mailed(&mails));
        wrong.extend(self.acknowledged(caller));
        wrong
    }

    /// Every ordered message that was written and is not waiting, and each mail by source and event.
    fn told(&self) -> (Vec<Told>, Vec<String>) {
        let (mut told, mut mails) = (Vec::new(), Vec::new());
        for source in ServiceName::ALL {
            let query = "SELECT concat_ws('|', o.destination, o.subject, o.version) FROM outbox_told o WHERE o.ordered \
                AND NOT EXISTS (SELECT 1 FROM outbox w WHERE w.event = o.event AND w.destination = o.destination) ORDER BY n";
            for row in self.ask(source, query) {
                let [destination, subject, version] = fields(&row);
                let version = version.parse().expect("a version");
                told.push(Told { source, destination, subject, version });
            }
            let query = "SELECT event::text FROM outbox_told WHERE NOT ordered";
            mails.extend(self.ask(source, query).into_iter().map(|event| format!("{source}|{event}")));
        }
        (told, mails)
    }

    /// What a service admitted, in its order.
    fn admitted(&self, service: ServiceName) -> Vec<Told> {
        let rows = self.ask(service, "SELECT concat_ws('|', source, subject, version) FROM inbox_told ORDER BY n");
        let read = |row: &String| {
            let [source, subject, version] = fields(row);
            let source = ServiceName::parse(&source).expect("a service");
            Told { source, destination: service.to_string(), subject, version: version.parse().expect("a version") }
        };
        rows.iter().map(read).collect()
    }

    /// Entries that one command or one message brought about twice.
    fn doubled(&self, service: ServiceName) -> Vec<String> {
        let query = "SELECT concat_ws(' ', kind, subject, to_state, 'of', request_id, cause, 'stands', count(*), 'times') \
            FROM journal WHERE request_id IS NOT NULL GROUP BY kind, subject, from_state, to_state, changed, request_id, cause \
            HAVING count(*) > 1";
        self.ask(service, query).into_iter().map(|row| format!("{service}: {row}")).collect()
    }

    /// Each mail lies in its mailbox once.
    fn mailed(&self, mails: &[String]) -> Vec<String> {
        let query = "SELECT concat_ws('|', m.source, m.event, count(b.id)) FROM message m \
            LEFT JOIN mailbox_message b ON b.message = m.id GROUP BY m.source, m.event";
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        for row in self.ask(ServiceName::Notification, query) {
            let [source, event, count] = fields(&row);
            found.insert(format!("{source}|{event}"), count);
        }
        let mut wrong = Vec::new();
        for mail in mails {
            match found.remove(mail).as_deref() {
                Some("1") => {}
                other => wrong.push(format!("the mail of {mail} lies in {} mailboxes", other.unwrap_or("no"))),
            }
        }
        wrong.extend(found.into_keys().map(|mail| format!("nobody asked for the mail of {mail}")));
        wrong
    }

    /// Each acknowledged command stands under its request id, and gives its first answer again.
    fn acknowledged(&self, caller: &mut Caller) -> Vec<String> {
        let kept: BTreeMap<ServiceName, BTreeSet<String>> = ServiceName::ALL
            .into_iter()
            .map(|service| {
                let query = "SELECT i.request_id FROM idempotency i \
                    WHERE EXISTS (SELECT 1 FROM journal j WHERE j.request_id = i.request_id)";
                (service, self.ask(service, query).into_iter().collect())
            })
            .collect();
        let mut wrong = Vec::new();
        for write in caller.acknowledged() {
            if !kept[&write.home()].contains(write.id()) {
                wrong.push(format!("{} {} was acknowledged, but is not there", write.rpc, write.id()));
            }
            let again = caller.call(&write.who, &write.rpc, &write.request);
            if again.payload != write.payload || !again.metadata.contains_key("idempotency-replayed") {
                wrong.push(format!("{} {} has another answer now: {}", write.rpc, write.id(), again.message));
            }
        }
        wrong
    }

    /// Moves the clock of all services ahead.
    pub(crate) fn step(&self, caller: &mut Caller, seconds: i64) {
        let offset = self.offset.get() + seconds;
        self.offset.set(offset);
        let request = json!({ "offset": format!("{offset}s") });
        for service in ServiceName::ALL {
            let answer = caller.anybody(service, "simulation.ClockService/SetOffset", &request);
            // One that is away reads it from its database, or is told with the next step.
            assert!(answer.code == tonic::Code::Ok || answer.is_transient(), "{service}: {}", answer.message);
        }
    }
}

impl Write {
    /// The service that was asked.
    pub(crate) fn home(&self) -> ServiceName {
        let package = self.rpc.split('.').next().unwrap_or_default();
        ServiceName::parse(package).expect("a service")
    }
}

/// Versions that did not rise.
fn out_of_order(service: ServiceName, admitted: &[Told]) -> Vec<String> {
    let mut last = BTreeMap::new();
    let mut wrong = Vec::new();
    for told in admitted {
        let before = last.insert((told.source, &told.subject), told.version).unwrap_or(0);
        if told.version <= before {
            wrong.push(format!("{service} admitted {told:?} after version {before}"));
        }
    }
    wrong
}

/// What was told to this service and not admitted, or the other way round. Each is there once: versions rise.
fn unlike(service: ServiceName, told: &[Told], admitted: &[Told]) -> Vec<String> {
    let told: BTreeSet<&Told> = told.iter().filter(|told| told.destination == service.as_str()).collect();
    let admitted: BTreeSet<&Told> = admitted.iter().collect();
    told.symmetric_difference(&admitted)
        .map(|told| format!("{told:?} was written or had its effect, not both"))
        .collect()
}

fn fields(row: &str) -> [String; 3] {
    let parts: Vec<_> = row.split('|').map(str::to_owned).collect();
    parts.try_into().unwrap_or_else(|parts| panic!("three fields, not {parts:?}"))
}

#[test]
fn a_lost_a_doubled_and_a_late_effect_are_seen() {
    let told = |version| Told {
        source: ServiceName::Enrollment,
        destination: ServiceName::Relationship.to_string(),
        subject: "s".to_owned(),
        version,
    };
    let wrong = |admitted: &[Told]| {
        let service = ServiceName::Relationship;
        out_of_order(service, admitted).len() + unlike(service, &[told(1), told(2)], admitted).len()
    };
    assert_eq!(wrong(&[told(1), told(2)]), 0);
    assert_eq!(wrong(&[told(1)]), 1);
    assert_eq!(wrong(&[told(1), told(2), told(2)]), 1);
    assert_eq!(wrong(&[told(2), told(1)]), 1);
    assert_eq!(wrong(&[told(1), told(2), told(3)]), 1);
}
