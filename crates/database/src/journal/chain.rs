//! The hash that ties an entry to all before it.

use data_encoding::HEXLOWER;
use ring::digest::{Context, SHA256};

use super::row::entry::Model;

/// Which form of hash this is, so that a later one can tell what an earlier one tied.
const FORM: u8 = 2;

/// The hash of `entry` at `sequence`, following an entry whose hash is `previous` (empty before the first). Who may read it is part of it.
pub(super) fn hash(previous: &str, sequence: i64, entry: &Model, parties: &[String]) -> String {
    let mut form = Form(Context::new(&SHA256));
    form.bytes(&[FORM]);
    form.text(Some(previous));
    form.bytes(&sequence.to_be_bytes());
    form.bytes(entry.id.as_bytes());
    form.bytes(&entry.time.timestamp_micros().to_be_bytes());
    form.text(Some(&entry.actor));
    form.text(entry.on_behalf_of.as_deref());
    form.text(entry.request_id.as_deref());
    form.text(entry.trace.as_deref());
    form.text(entry.cause.as_deref());
    form.text(Some(&entry.subject));
    form.bytes(&entry.subject_version.to_be_bytes());
    form.text(Some(&entry.kind));
    form.text(entry.from_state.as_deref());
    form.text(entry.to_state.as_deref());
    form.text(entry.reason.as_deref());
    // An array of strings: it has one compact form, whichever way the database keeps JSON.
    form.text(Some(&entry.changed.to_string()));
    let mut parties: Vec<_> = parties.iter().map(String::as_str).collect();
    // Databases do not agree on the order of text.
    parties.sort_unstable();
    form.bytes(&(parties.len() as u64).to_be_bytes());
    for party in parties {
        form.text(Some(party));
    }
    HEXLOWER.encode(form.0.finish().as_ref())
}

/// Fields behind their length, so that none can pass for part of its neighbour.
struct Form(Context);

impl Form {
    fn text(&mut self, value: Option<&str>) {
        match value {
            Some(value) => self.bytes(value.as_bytes()),
            None => self.0.update(&u64::MAX.to_be_bytes()),
        }
    }

    fn bytes(&mut self, value: &[u8]) {
        self.0.update(&(value.len() as u64).to_be_bytes());
        self.0.update(value);
    }
}
