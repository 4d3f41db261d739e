//! The append-only record of what happened, numbered after the commit and chained by hash.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ActiveValue::Set, JoinType, QueryOrder, QuerySelect, entity::prelude::*};

use crate::time::micros;
use crate::{Error, Tx};

mod chain;
mod number;
mod row;
mod verify;

pub use number::number;
pub use verify::{Mark, Tampering, Verdict, verify};

use row::{entry, party};

/// As many parties are written by one statement.
const PIECE: usize = 8_192;

/// Something that happened, before it has a place in the record.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEntry {
    /// Also the id of the event.
    pub id: Uuid,
    /// When it happened.
    pub time: DateTime<Utc>,
    /// Who did it.
    pub actor: String,
    /// For whom they did it.
    pub on_behalf_of: Option<String>,
    /// The request that asked for it.
    pub request_id: Option<String>,
    /// Its trace context.
    pub trace: Option<String>,
    /// The event, here or at a peer, that led to it.
    pub cause: Option<String>,
    /// The resource it happened to.
    pub subject: String,
    /// What happened.
    pub kind: String,
    /// The state before.
    pub from_state: Option<String>,
    /// The state after.
    pub to_state: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Names of what changed, never the values.
    pub changed: Vec<String>,
    /// The organizations that may see it.
    pub parties: Vec<String>,
}

/// An entry of the record.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What happened.
    pub event: NewEntry,
    /// Its place among all that happened to its subject, from 1.
    pub subject_version: i64,
    /// Its place in the record; none until numbered.
    pub sequence: Option<i64>,
    /// Hash over the entry and the hash before it; none until numbered.
    pub hash: Option<String>,
}

/// Which entries somebody is told.
#[derive(Debug, Clone, Default)]
pub struct Readable {
    /// Only those this organization may see.
    pub party: Option<String>,
    /// Only those of this resource.
    pub subject: Option<String>,
}

/// Which entries to list.
#[derive(Debug, Clone, Default)]
pub struct ListFilter {
    /// Only those this organization may see.
    pub party: Option<String>,
    /// Only those after this place.
    pub after_sequence: Option<i64>,
    /// Only those of this resource.
    pub subject: Option<String>,
    /// At most so many.
    pub limit: u64,
}

/// Writes entries and says their versions, in the same order. Contended when another change of the same subject came first.
pub async fn append(tx: &Tx, events: Vec<NewEntry>) -> Result<Vec<i64>, Error> {
    let (mut versions, mut seen_by) = (Vec::new(), Vec::new());
    for mut event in events {
        let (id, mut parties) = (event.id, std::mem::take(&mut event.parties));
        parties.sort();
        parties.dedup();
        seen_by.extend(
            parties
                .into_iter()
                .map(|organization| party::ActiveModel { organization: Set(organization), entry: Set(id) }),
        );
        // The version comes with the entry, which saves a round trip; of two at once the unique key lets one through.
        let inserted = tx.query_one(&row::insert(event)?).await.map_err(|error| match Error::from(error) {
            Error::Duplicate { .. } => Error::Contended,
            error => error,
        })?;
        versions.push(inserted.ok_or(Error::Contended)?.try_get_by_index(0)?);
    }
    // In pieces, since a statement takes only so many values.
    for piece in seen_by.chunks(PIECE) {
        party::Entity::insert_many(piece.to_vec()).exec_without_returning(tx).await?;
    }
    Ok(versions)
}

/// The version of a subject's latest entry; 0 when nothing happened to it yet.
pub async fn subject_version(connection: &impl ConnectionTrait, subject: &str) -> Result<i64, Error> {
    let latest: Option<Option<i64>> = entry::Entity::find()
        .select_only()
        .column_as(entry::Column::SubjectVersion.max(), "version")
        .filter(entry::Column::Subject.eq(subject))
        .into_tuple()
        .one(connection)
        .await?;
    Ok(latest.flatten().unwrap_or(0))
}

/// Numbered entries in order of their sequence.
pub async fn list(connection: &impl ConnectionTrait, filter: &ListFilter) -> Result<Vec<Entry>, Error> {
    let mut select = entry::Entity::find().filter(entry::Column::Sequence.gt(filter.after_sequence.unwrap_or(0)));
    if let Some(organization) = &filter.party {
        select = select
            .join(JoinType::InnerJoin, entry::Relation::Party.def())
            .filter(party::Column::Organization.eq(organization));
    }
    if let Some(subject) = &filter.subject {
        select = select.filter(entry::Column::Subject.eq(subject));
    }
    let rows = select.order_by_asc(entry::Column::Sequence).limit(filter.limit).all(connection).await?;
    with_parties(connection, rows).await
}

/// The place of the last numbered entry; 0 while there is none.
pub async fn head(connection: &impl ConnectionTrait) -> Result<i64, Error> {
    let head: Option<Option<i64>> = entry::Entity::find()
        .select_only()
        .column_as(entry::Column::Sequence.max(), "head")
        .filter(entry::Column::Sequence.is_not_null())
        .into_tuple()
        .one(connection)
        .await?;
    Ok(head.flatten().unwrap_or(0))
}

/// The entries after one place and up to another, in order: what this costs depends on how far these lie apart, not on how much there is.
pub async fn between(
    connection: &impl ConnectionTrait,
    readable: &Readable,
    after: i64,
    to: i64,
) -> Result<Vec<Entry>, Error> {
    let mut select =
        entry::Entity::find().filter(entry::Column::Sequence.gt(after)).filter(entry::Column::Sequence.lte(to));
    if let Some(organization) = &readable.party {
        // Not a join, which may begin with everything the organization may see.
        let may_see = Query::select()
            .expr(Expr::val(1))
            .from(party::Entity)
            .and_where(Expr::col((party::Entity, party::Column::Organization)).eq(organization.as_str()))
            .and_where(Expr::col((party::Entity, party::Column::Entry)).equals((entry::Entity, entry::Column::Id)))
            .to_owned();
        select = select.filter(Expr::exists(may_see));
    }
    if let Some(subject) = &readable.subject {
        select = select.filter(entry::Column::Subject.eq(subject));
    }
    let rows = select.order_by_asc(entry::Column::Sequence).all(connection).await?;
    with_parties(connection, rows).await
}

/// The entry with this id, numbered or not.
pub async fn get(connection: &impl ConnectionTrait, id: Uuid) -> Result<Option<Entry>, Error> {
    let rows = entry::Entity::find_by_id(id).all(connection).await?;
    Ok(with_parties(connection, rows).await?.pop())
}

/// The numbered entry with the highest sequence.
pub async fn last(connection: &impl ConnectionTrait) -> Result<Option<Entry>, Error> {
    let rows = entry::Entity::find()
        .filter(entry::Column::Sequence.is_not_null())
        .order_by_desc(entry::Column::Sequence)
        .limit(1)
        .all(connection)
        .await?;
    Ok(with_parties(connection, rows).await?.pop())
}

/// The place of the last numbered entry, and its hash.
pub async fn mark(connection: &impl ConnectionTrait) -> Result<Option<Mark>, Error> {
    let Some(entry) = last(connection).await? else { return Ok(None) };
    Ok(entry.sequence.zip(entry.hash).map(|(sequence, hash)| Mark { sequence, hash }))
}

async fn with_parties(connection: &impl ConnectionTrait, rows: Vec<entry::Model>) -> Result<Vec<Entry>, Error> {
    let mut parties = parties(connection, &rows).await?;
    rows.into_iter()
        .map(|row| {
            let parties = parties.remove(&row.id).unwrap_or_default();
            row.read(parties)
        })
        .collect()
}

/// The parties of each of these entries.
async fn parties(
    connection: &impl ConnectionTrait,
    rows: &[entry::Model],
) -> Result<HashMap<Uuid, Vec<String>>, Error> {
    let mut parties = HashMap::<Uuid, Vec<String>>::new();
    // Few enough to stay below SQLite's number of bound values.
    for rows in rows.chunks(1_024) {
        let found = party::Entity::find()
            .filter(party::Column::Entry.is_in(padded(rows.iter().map(|row| row.id))))
            .order_by_asc(party::Column::Organization)
            .all(connection)
            .await?;
        for row in found {
            parties.entry(row.entry).or_default().push(row.organization);
        }
    }
    Ok(parties)
}

/// Repeats the last of these up to a power of two: lists of any length make few different statements, which stay prepared.
fn padded<T: Clone>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut values: Vec<_> = values.into_iter().collect();
    if let Some(last) = values.last().cloned() {
        values.resize(values.len().next_power_of_two(), last);
    }
    values
}

fn stored_time(event: &NewEntry) -> DateTime<Utc> {
    micros(event.time)
}
