//! What of a story must stand in no log line and in no journal entry, and the search for it when the story ends.

use std::collections::BTreeSet;
use std::fs;

use linkage::ServiceName;
use secrecy::ExposeSecret as _;
use serde_json::Value;

use super::{Stage, log};

/// How every signed token begins: `{"`.
const TOKEN: &str = "eyJ";
/// Fields that say who somebody is or how to reach them.
const PERSONAL: &[&str] = &["email", "recipient_email", "applicant_email", "phone"];
/// Fields that open something.
const SECRET: &[&str] = &["claim_code", "code", "token", "session_token", "handle"];
/// Shorter ones, which stories invent as wrong input, are in everything by chance.
const SHORTEST: usize = 8;

impl Stage {
    /// Fails if the log or a journal holds a secret, or says who somebody is.
    pub(super) fn search(&self) {
        let logged = log::all_heard();
        assert!(logged.contains("TRACE"), "the log was kept");
        let journals: Vec<_> = ServiceName::ALL.into_iter().flat_map(|service| self.journal(service)).collect();
        assert!(self.writes.is_empty() || !journals.is_empty(), "what was written is in a journal");
        for needle in self.secrets() {
            let told = logged.lines().find(|line| line.contains(&needle));
            assert_eq!(told, None, "{needle} is logged");
            let told = journals.iter().find(|entry| entry.contains(&needle));
            assert_eq!(told, None, "{needle} is in the journal");
        }
    }

    fn journal(&self, service: ServiceName) -> Vec<String> {
        let tables = self.dump(service).into_iter().filter(|(table, _)| table.starts_with("journal"));
        tables.flat_map(|(_, rows)| rows).collect()
    }

    /// Keeps what a request or an answer says that must be searched for.
    pub(super) fn note(&mut self, message: &Value) {
        if log::is_searched() {
            each_text(message, &mut |field, text| {
                // A wrong one that a story invented, such as `00000000`, is in everything by chance.
                let invented = text.bytes().all(|byte| Some(byte) == text.bytes().next());
                if (SECRET.contains(&field) || PERSONAL.contains(&field)) && !invented {
                    self.shown.insert(text.to_owned());
                }
            });
        }
    }

    /// What each mail opens and whom it was for, what requests and answers gave away, and all keys.
    fn secrets(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::from([TOKEN.to_owned()]);
        let notification = self.settings.database(ServiceName::Notification);
        let mailboxes = notification.url.expose_secret();
        found.extend(testkit::ask(mailboxes, "SELECT CAST(mailbox AS text) FROM mailbox_message"));
        for links in testkit::ask(mailboxes, "SELECT CAST(links AS text) FROM mailbox_message") {
            let links: Value = serde_json::from_str(&links).expect("links are JSON");
            each_text(&links, &mut |_, link| found.extend(link.rsplit(['.', '#']).next().map(str::to_owned)));
        }
        found.extend(self.shown.iter().cloned());
        for file in fs::read_dir(self.settings.keys()).expect("keys").map(|file| file.expect("a file").path()) {
            let key = fs::read_to_string(&file).expect("a key");
            found.extend(key.lines().filter(|line| !line.starts_with("-----")).map(str::to_owned));
        }
        found.retain(|text| text == TOKEN || text.len() >= SHORTEST);
        found
    }
}

/// Every text in it, under the name of its field.
fn each_text<'v>(value: &'v Value, visit: &mut impl FnMut(&'v str, &'v str)) {
    fn walk<'v>(field: &'v str, value: &'v Value, visit: &mut impl FnMut(&'v str, &'v str)) {
        match value {
            Value::String(text) => visit(field, text),
            Value::Array(values) => values.iter().for_each(|value| walk(field, value, visit)),
            Value::Object(fields) => fields.iter().for_each(|(field, value)| walk(field, value, visit)),
            _ => {}
        }
    }
    walk("", value, visit);
}
