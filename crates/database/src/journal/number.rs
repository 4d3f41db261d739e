//! Numbering committed entries, which chains them.

use std::collections::{HashMap, VecDeque};

use sea_orm::sea_query::CaseStatement;
use sea_orm::{QueryOrder, QuerySelect, entity::prelude::*};

use super::row::entry::{Column, Entity, Model};
use super::{chain, padded, parties};
use crate::lease::{self, Lease};
use crate::{Database, Error, Step, Tx, setting};

/// A power of two, as is the next.
const BATCH: usize = 512;
/// How many entries one statement numbers: each is compared with half of them, and a round trip costs more than that up to here.
const TOGETHER: usize = 64;
/// The setting that holds the last entry's sequence and hash, so that a record whose end was cut off is told from a short one.
const END: &str = "journal_end";

/// Numbers what is committed and has no number yet, while the lease is held; says how many entries that were.
///
/// Entries go by time, then id; those of one subject by their version, whatever their writers' clocks said.
pub async fn number(db: &Database, lease: &Lease) -> Result<usize, Error> {
    let mut total = 0;
    loop {
        let numbered = db.transact(async |tx: Tx| batch(&tx, lease).await.map(Step::Commit)).await?;
        total += numbered;
        if numbered < BATCH {
            return Ok(total);
        }
    }
}

async fn batch(tx: &Tx, lease: &Lease) -> Result<usize, Error> {
    if !lease::held(tx, lease).await? {
        return Ok(0);
    }
    let rows = Entity::find()
        .filter(Column::Sequence.is_null())
        .order_by_asc(Column::Time)
        .order_by_asc(Column::Id)
        .limit(BATCH as u64)
        .all(tx)
        .await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let (mut sequence, mut hash) = end(tx).await?;
    // Who sees an entry sees all that was written to its subject before: only of a full batch may some lie beyond.
    let beyond = if rows.len() < BATCH { Vec::new() } else { beyond(tx, &rows).await? };
    let rows = by_version(rows, beyond);
    let parties = parties(tx, &rows).await?;
    let numbered: Vec<_> = rows
        .iter()
        .map(|row| {
            sequence += 1;
            hash = chain::hash(&hash, sequence, row, parties.get(&row.id).map_or(&[], Vec::as_slice));
            (row.id, sequence, hash.clone())
        })
        .collect();
    for together in numbered.chunks(TOGETHER) {
        write(tx, together).await?;
    }
    setting::put(tx, END, &format!("{sequence} {hash}")).await?;
    Ok(rows.len())
}

/// Writes ids' sequences and hashes, in one statement.
async fn write(tx: &Tx, numbered: &[(Uuid, i64, String)]) -> Result<(), Error> {
    let padded = padded(numbered);
    let (mut sequences, mut hashes) = (CaseStatement::new(), CaseStatement::new());
    for (id, sequence, hash) in &padded {
        sequences = sequences.case(Column::Id.eq(*id), *sequence);
        hashes = hashes.case(Column::Id.eq(*id), hash.as_str());
    }
    let update = Entity::update_many()
        .col_expr(Column::Sequence, sequences.into())
        .col_expr(Column::Hash, hashes.into())
        .filter(Column::Id.is_in(padded.iter().map(|(id, ..)| *id)))
        .filter(Column::Sequence.is_null());
    let met = update.exec(tx).await?.rows_affected;
    if usize::try_from(met).is_ok_and(|met| met == numbered.len()) { Ok(()) } else { Err(Error::Contended) }
}

async fn end(connection: &impl ConnectionTrait) -> Result<(i64, String), Error> {
    let last = Entity::find()
        .filter(Column::Sequence.is_not_null())
        .order_by_desc(Column::Sequence)
        .limit(1)
        .one(connection)
        .await?;
    Ok(last.map_or((0, String::new()), |row| (row.sequence.unwrap_or(0), row.hash.unwrap_or_default())))
}

/// Lower versions of this batch's subjects that wait beyond it, as they do when the clock of their writer was ahead.
async fn beyond(tx: &Tx, rows: &[Model]) -> Result<Vec<Model>, Error> {
    let highest = rows.iter().map(|row| row.subject_version).max().unwrap_or(0);
    let beyond = Entity::find()
        .filter(Column::Sequence.is_null())
        .filter(Column::SubjectVersion.lt(highest))
        .filter(Column::Subject.is_in(rows.iter().map(|row| row.subject.as_str())))
        .filter(Column::Id.is_not_in(rows.iter().map(|row| row.id)));
    Ok(beyond.all(tx).await?)
}

/// Keeps each subject's places in the batch, and fills them with its lowest versions in order.
fn by_version(rows: Vec<Model>, beyond: Vec<Model>) -> Vec<Model> {
    let mut subjects = HashMap::<String, Vec<Model>>::new();
    let order: Vec<String> = rows.iter().map(|row| row.subject.clone()).collect();
    for row in rows.into_iter().chain(beyond) {
        subjects.entry(row.subject.clone()).or_default().push(row);
    }
    let mut queues: HashMap<String, VecDeque<Model>> = subjects
        .into_iter()
        .map(|(subject, mut rows)| {
            rows.sort_by_key(|row| row.subject_version);
            (subject, rows.into())
        })
        .collect();
    order.iter().filter_map(|subject| queues.get_mut(subject)?.pop_front()).collect()
}

/// What was last told to be the end; the very beginning where nothing was.
pub(super) async fn told_end(connection: &impl ConnectionTrait) -> Result<(i64, String), Error> {
    let Some(told) = setting::get(connection, END).await? else { return Ok((0, String::new())) };
    let read = told.split_once(' ').and_then(|(sequence, hash)| Some((sequence.parse().ok()?, hash.to_owned())));
    read.ok_or_else(|| Error::unreadable("setting", "value", END, "not a sequence and a hash"))
}
