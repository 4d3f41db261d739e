//! Messages to peers, written with the change that causes them and delivered after it, those that carry state in order for each subject.

use chrono::{DateTime, Utc};
use ring::digest::{SHA256, digest};
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use crate::time::micros;
use crate::{Error, Tx};

mod delivery;
mod listing;
mod row;

pub use delivery::{Next, Reach, claim, done, due, failed, following};
pub use listing::{
    Backlog, Pending, Place, Waiting, all, backlog, dispensable, drop_row, find, oldest_undelivered, parked_subjects,
    pending, retry,
};
pub use row::Model as Row;

/// How many lanes there are: each is delivered by one relay at a time.
pub const LANES: i16 = 8;
/// As many messages are written by one statement.
const PIECE: usize = 1_024;

/// A message to be delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRow {
    /// The event this tells of.
    pub event: Uuid,
    /// The peer.
    pub destination: String,
    /// What it is about; one subject's ordered messages go in order.
    pub subject: String,
    /// Whether it waits for those before it. One that does not is not waited for either.
    pub ordered: bool,
    /// Where it stands in that order.
    pub subject_version: i64,
    /// Raised when this service's data were restored, so that peers listen again.
    pub source_epoch: i64,
    /// The method to call.
    pub method: String,
    /// The encoded request.
    pub payload: Vec<u8>,
    /// The trace context to go on with.
    pub trace: Option<String>,
    /// Not to be delivered before this time.
    pub available_at: DateTime<Utc>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

/// The lane of a subject: the same at all times and on all machines.
pub fn lane(subject: &str) -> i16 {
    let hash = digest(&SHA256, subject.as_bytes());
    hash.as_ref().first().map_or(0, |byte| i16::from(*byte) % LANES)
}

/// Writes messages in the transaction that causes them.
pub async fn insert(tx: &Tx, new: Vec<NewRow>) -> Result<(), Error> {
    let rows = new.into_iter().map(|new| row::ActiveModel {
        lane: Set(lane(&new.subject)),
        event: Set(new.event),
        destination: Set(new.destination),
        subject: Set(new.subject),
        ordered: Set(new.ordered),
        subject_version: Set(new.subject_version),
        source_epoch: Set(new.source_epoch),
        method: Set(new.method),
        payload: Set(new.payload),
        trace: Set(new.trace),
        available_at: Set(micros(new.available_at)),
        attempts: Set(0),
        last_error: Set(None),
        parked_at: Set(None),
        created_at: Set(micros(new.created_at)),
    });
    // In pieces, since a statement takes only so many values.
    for piece in rows.collect::<Vec<_>>().chunks(PIECE) {
        row::Entity::insert_many(piece.to_vec()).exec_without_returning(tx).await?;
    }
    Ok(())
}
