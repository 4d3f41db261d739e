//! A row's name and what is shown of it.

use database::Tx;
use database::outbox::{self, Waiting};
use ids::EventId;
use uuid::Uuid;
use wire::event as pb;

use crate::{Fault, ServiceName, Violations, convert};

pub(super) const WAITING: &str = "WAITING";
pub(super) const PARKED: &str = "PARKED";
const COLLECTION: &str = "/outboxRows/";

/// Which row: one event is told to each sibling once at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) event: Uuid,
    pub(super) destination: ServiceName,
}

impl Key {
    pub(super) fn read(violations: &mut Violations, name: &str) -> Option<Key> {
        let key = name.split_once(COLLECTION).and_then(|(event, destination)| {
            let event: EventId = ids::parse(event).ok()?;
            Some(Key { event: event.uuid(), destination: ServiceName::parse(destination)? })
        });
        let wrong = if name.is_empty() { "is required" } else { "must be events/{id}/outboxRows/{service}" };
        violations.check("name", key.ok_or(wrong))
    }

    pub(super) fn name(self) -> String {
        name(self.event, self.destination.as_str())
    }

    /// The row, which must be parked: any other is the relay's.
    pub(super) async fn parked(self, tx: &Tx) -> Result<Waiting, Fault> {
        let row = outbox::find(tx, self.event, self.destination.as_str()).await?.ok_or_else(Fault::missing)?;
        if row.parked_at.is_none() {
            return Err(Fault::state_forbids(WAITING, &[PARKED]));
        }
        Ok(row)
    }
}

fn name(event: Uuid, destination: &str) -> String {
    format!("{}{COLLECTION}{destination}", EventId::from_uuid(event).name())
}

pub(super) fn render(row: Waiting) -> pb::OutboxRow {
    use pb::outbox_row::State;
    pb::OutboxRow {
        name: name(row.event, &row.destination),
        state: if row.parked_at.is_some() { State::Parked } else { State::Waiting }.into(),
        event: EventId::from_uuid(row.event).name(),
        destination: row.destination,
        subject: row.subject,
        method: row.method,
        attempts: row.attempts,
        last_error: row.last_error.unwrap_or_default(),
        due_time: Some(convert::timestamp(row.available_at)),
        park_time: row.parked_at.map(convert::timestamp),
        create_time: Some(convert::timestamp(row.created_at)),
    }
}
