//! What a relay does with a row: find it, claim it, and say how it went, all under its lease.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{QueryOrder, QuerySelect, entity::prelude::*};

use super::row::{Column, Entity, Model};
use crate::lease::{self, Lease};
use crate::time::micros;
use crate::{Database, Error, Step, Tx};

/// What comes after a failed delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Another attempt, not before this time.
    At(DateTime<Utc>),
    /// An operator, from this time on.
    Park(DateTime<Utc>),
}

/// What a relay can deliver now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// The lanes it looks after.
    pub lanes: Vec<i16>,
    /// Peers to which nothing more can go for now.
    pub busy: Vec<String>,
}

/// What can be delivered, oldest first: of ordered rows the first of each (destination, subject), unless it is parked or not due
/// yet; of the others each that is due.
pub async fn due(
    connection: &impl ConnectionTrait,
    reach: &Reach,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<Model>, Error> {
    let rows = Entity::find()
        .filter(Column::Lane.is_in(reach.lanes.iter().copied()))
        .filter(Column::Destination.is_not_in(reach.busy.iter().map(String::as_str)))
        .filter(Column::ParkedAt.is_null())
        .filter(Column::AvailableAt.lte(micros(now)))
        .filter(Column::Ordered.eq(false).or(Expr::exists(earlier()).not()))
        .order_by_asc(Column::AvailableAt)
        .order_by_asc(Column::Event)
        .limit(limit)
        .all(connection)
        .await?;
    Ok(rows)
}

/// Ordered rows of the same destination and subject that must be delivered before.
fn earlier() -> SelectStatement {
    let other = Alias::new("other");
    let theirs = |column: Column| Expr::col((other.clone(), column));
    let ours = |column: Column| Expr::col((Entity, column));
    let mut before = Condition::any();
    let order = [Column::SourceEpoch, Column::SubjectVersion, Column::Event];
    for (position, column) in order.into_iter().enumerate() {
        let mut step = Condition::all().add(theirs(column).lt(ours(column)));
        for equal in order.into_iter().take(position) {
            step = step.add(theirs(equal).eq(ours(equal)));
        }
        before = before.add(step);
    }
    Query::select()
        .expr(Expr::val(1))
        .from_as(Entity, other.clone())
        .and_where(theirs(Column::Destination).eq(ours(Column::Destination)))
        .and_where(theirs(Column::Subject).eq(ours(Column::Subject)))
        .and_where(theirs(Column::Ordered).eq(true))
        .cond_where(before)
        .to_owned()
}

/// What is to be delivered once `row` was: the first ordered one that is left of its destination and subject, unless it is parked or not
/// due yet.
pub async fn following(
    connection: &impl ConnectionTrait,
    row: &Model,
    now: DateTime<Utc>,
) -> Result<Option<Model>, Error> {
    let first = Entity::find()
        .filter(Column::Destination.eq(row.destination.as_str()))
        .filter(Column::Subject.eq(row.subject.as_str()))
        .filter(Column::Ordered.eq(true))
        .order_by_asc(Column::SourceEpoch)
        .order_by_asc(Column::SubjectVersion)
        .order_by_asc(Column::Event)
        .one(connection)
        .await?;
    Ok(first.filter(|row| row.parked_at.is_none() && row.available_at <= micros(now)))
}

/// Counts an attempt before it begins. False when the row changed since it was read, or the lease was lost.
pub async fn claim(db: &Database, row: &Model, lease: &Lease) -> Result<bool, Error> {
    db.transact(async |tx: Tx| {
        let tx = &tx;
        let update = Entity::update_many()
            .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
            .filter(mine(row, lease))
            .filter(Column::Attempts.eq(row.attempts))
            .filter(Column::ParkedAt.is_null());
        Ok::<_, Error>(Step::Commit(update.exec(tx).await?.rows_affected == 1))
    })
    .await
}

/// Removes a delivered row. False when the lease was lost: its new holder delivers again, which the inbox ignores.
pub async fn done(db: &Database, row: &Model, lease: &Lease) -> Result<bool, Error> {
    db.transact(async |tx: Tx| {
        let tx = &tx;
        let delete = Entity::delete_many().filter(mine(row, lease));
        Ok::<_, Error>(Step::Commit(delete.exec(tx).await?.rows_affected == 1))
    })
    .await
}

/// Keeps the reason of a failure and what comes next. False when the lease was lost.
pub async fn failed(db: &Database, row: &Model, lease: &Lease, error: &str, next: Next) -> Result<bool, Error> {
    db.transact(async |tx: Tx| {
        let tx = &tx;
        let update = Entity::update_many().col_expr(Column::LastError, Expr::val(error)).filter(mine(row, lease));
        let update = match next {
            Next::At(time) => update.col_expr(Column::AvailableAt, Expr::val(micros(time))),
            Next::Park(time) => update.col_expr(Column::ParkedAt, Expr::val(micros(time))),
        };
        Ok::<_, Error>(Step::Commit(update.exec(tx).await?.rows_affected == 1))
    })
    .await
}

fn mine(row: &Model, lease: &Lease) -> Condition {
    Condition::all()
        .add(Column::Event.eq(row.event))
        .add(Column::Destination.eq(row.destination.as_str()))
        .add(Expr::exists(lease::current(lease)))
}
