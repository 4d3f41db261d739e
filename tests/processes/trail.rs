//! The trail of a run without what differs from run to run: ids, times, sequences, request ids.

use std::collections::BTreeMap;

use linkage::people::People;
use linkage::{Client, ServiceName, SigningKey};
use serde_json::{Value, json};

use crate::program::Place;

/// The operator, as the shipped configuration names it.
const OPERATOR: &str = "operator@linkage.example";

/// What happened, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Trail {
    /// Service, kind, states, reason, changed paths and kind of actor of each entry.
    entries: BTreeMap<String, usize>,
    /// Per subject, the kinds in their order.
    stories: BTreeMap<String, usize>,
    /// Kind and mailbox of each mail that arrived.
    mails: BTreeMap<String, usize>,
    /// Per service, the messages that wait to be delivered.
    waiting: BTreeMap<String, usize>,
}

impl Trail {
    /// The trail as the operator reads it now.
    pub(crate) fn read(place: &Place) -> Trail {
        let ended = place.run(&["audit", "--format", "json"]);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        let read = |line: &str| serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let trail = Trail::of(&ended.out.lines().map(read).collect::<Vec<_>>());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let (mails, waiting) = runtime.block_on(async {
            let mut operator = Operator::of(place);
            (operator.mails().await, operator.waiting().await)
        });
        Trail { mails, waiting, ..trail }
    }

    fn of(entries: &[Value]) -> Trail {
        let mut trail = Trail::default();
        let mut subjects: BTreeMap<(String, String), Vec<(u64, String)>> = BTreeMap::new();
        for entry in entries {
            *trail.entries.entry(line(entry)).or_default() += 1;
            let version = text(entry, "subject_version").parse().expect("a version");
            let subject = (text(entry, "service"), text(entry, "subject"));
            subjects.entry(subject).or_default().push((version, text(entry, "kind")));
        }
        for ((service, subject), mut kinds) in subjects {
            kinds.sort();
            let kinds: Vec<_> = kinds.into_iter().map(|(_, kind)| kind).collect();
            let story = format!("{service} {}: {}", nameless(&subject), kinds.join(", "));
            *trail.stories.entry(story).or_default() += 1;
        }
        trail
    }

    /// What differs, line by line.
    pub(crate) fn differences(&self, other: &Trail) -> Vec<String> {
        let mut found = compare(&self.entries, &other.entries);
        found.extend(compare(&self.stories, &other.stories));
        found.extend(compare(&self.mails, &other.mails));
        found.extend(compare(&self.waiting, &other.waiting));
        found
    }
}

/// Reads what no journal tells.
struct Operator {
    client: Client,
    people: People,
}

impl Operator {
    fn of(place: &Place) -> Operator {
        let addresses = place.addresses.iter().map(|address| address.parse().expect("an address"));
        let client = Client::new(&ServiceName::ALL.into_iter().zip(addresses).collect()).expect("a client");
        let key = place.folder().join("data/keys").join(runtime::keys::ISSUER_FILE);
        Operator { client, people: People::new(SigningKey::load_or_create(&key).expect("the issuer's key")) }
    }

    /// Everything in a list that comes in pages.
    async fn list(&mut self, at: ServiceName, rpc: &str, field: &str, parent: Value) -> Vec<Value> {
        let (mut all, mut request) = (Vec::new(), parent);
        let method = self.client.method(rpc).expect(rpc);
        loop {
            let token = self.people.token(&self.client, OPERATOR, None).await.expect("a token").expect("signed in");
            let answer = self.client.call(at, &method, &request, Some(&token)).await.expect(rpc);
            assert_eq!(answer.code, tonic::Code::Ok, "{rpc} of {at}: {}", answer.message);
            all.extend(answer.body[field].as_array().cloned().unwrap_or_default());
            request["page_token"] = answer.body["next_page_token"].clone();
            if text(&request, "page_token").is_empty() {
                return all;
            }
        }
    }

    async fn mails(&mut self) -> BTreeMap<String, usize> {
        let (rpc, all) = ("notification.MailboxService/ListMailboxMessages", json!({ "parent": "mailboxes/-" }));
        let mut mails = BTreeMap::new();
        for mail in self.list(ServiceName::Notification, rpc, "mailbox_messages", all).await {
            let name = text(&mail, "name");
            let mailbox = name.split("/messages/").next().unwrap_or_default();
            *mails.entry(format!("mail {} in {mailbox}", text(&mail, "kind"))).or_default() += 1;
        }
        mails
    }

    async fn waiting(&mut self) -> BTreeMap<String, usize> {
        let mut waiting = BTreeMap::new();
        for service in ServiceName::ALL {
            let rows = self.list(service, "event.OutboxService/ListOutboxRows", "rows", json!({})).await;
            waiting.insert(format!("waiting at {service}"), rows.len());
        }
        waiting
    }
}

fn compare(expected: &BTreeMap<String, usize>, found: &BTreeMap<String, usize>) -> Vec<String> {
    let mut keys: Vec<_> = expected.keys().chain(found.keys()).collect();
    keys.sort();
    keys.dedup();
    let count = |map: &BTreeMap<String, usize>, key: &String| map.get(key).copied().unwrap_or(0);
    keys.into_iter()
        .filter(|key| count(expected, key) != count(found, key))
        .map(|key| format!("{} expected, {} found: {key}", count(expected, key), count(found, key)))
        .collect()
}

fn line(entry: &Value) -> String {
    let mut changed: Vec<_> =
        entry["changed_paths"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    changed.sort_unstable();
    let of = |name: &str| text(entry, name);
    let (service, kind, from, to, reason) = (of("service"), of("kind"), of("from_state"), of("to_state"), of("reason"));
    format!("{service} {kind} {from}->{to} {reason} [{}] {}", changed.join(" "), text(&entry["actor"], "kind"))
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

/// A resource name without its ids.
fn nameless(subject: &str) -> String {
    let id = |part: &str| part.len() == 26 && part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'v').contains(&b));
    let parts: Vec<_> = subject.split('/').map(|part| if id(part) { "-" } else { part }).collect();
    parts.join("/")
}

#[test]
fn a_missing_a_doubled_and_a_misplaced_entry_are_seen() {
    let entry = |subject: &str, version: u64, kind: &str| {
        serde_json::json!({
            "service": "s", "subject": subject, "subject_version": version.to_string(), "kind": kind,
            "actor": { "kind": "ACTOR_KIND_USER" }, "changed_paths": [],
        })
    };
    let (a, b) = ("xs/0123456789abcdefghijklmnop", "xs/123456789abcdefghijklmnopq");
    let whole = Trail::of(&[entry(a, 1, "Made"), entry(a, 2, "Ended")]);
    assert!(whole.differences(&Trail::of(&[entry(b, 2, "Ended"), entry(b, 1, "Made")])).is_empty());
    assert!(!whole.differences(&Trail::of(&[entry(a, 1, "Made")])).is_empty());
    assert!(
        !whole.differences(&Trail::of(&[entry(a, 1, "Made"), entry(a, 2, "Ended"), entry(b, 1, "Made")])).is_empty()
    );
    assert!(!whole.differences(&Trail::of(&[entry(a, 1, "Ended"), entry(a, 2, "Made")])).is_empty());
    let with = |mails, waiting| Trail {
        mails: BTreeMap::from([("mail".to_owned(), mails)]),
        waiting: BTreeMap::from([("waiting".to_owned(), waiting)]),
        ..whole.clone()
    };
    assert!(with(1, 0).differences(&with(1, 0)).is_empty());
    assert_eq!(with(1, 0).differences(&with(2, 1)).len(), 2);
}
