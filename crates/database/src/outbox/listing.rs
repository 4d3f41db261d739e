//! What operators see of the outbox and may do to it.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{QueryOrder, QuerySelect, entity::prelude::*};

use super::row::{Column, Entity, Model};
use crate::time::micros;
use crate::{Error, Tx};

/// Rows that are due or parked, oldest first.
pub async fn pending(connection: &impl ConnectionTrait, now: DateTime<Utc>, limit: u64) -> Result<Vec<Model>, Error> {
    let rows = Entity::find()
        .filter(Column::ParkedAt.is_not_null().or(Column::AvailableAt.lte(micros(now))))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Event)
        .order_by_asc(Column::Destination)
        .limit(limit)
        .all(connection)
        .await?;
    Ok(rows)
}

/// Since when this destination waits for a message that is neither parked nor behind one that is.
///
/// What waits behind a parked one waits for the operator too: counted here, one bad subject would make all the others look old.
pub async fn oldest_undelivered(
    connection: &impl ConnectionTrait,
    destination: &str,
) -> Result<Option<DateTime<Utc>>, Error> {
    let oldest = Entity::find()
        .filter(Column::Destination.eq(destination))
        .filter(Column::ParkedAt.is_null())
        .filter(Expr::exists(parked_beside()).not())
        .order_by_asc(Column::CreatedAt)
        .limit(1)
        .one(connection)
        .await?;
    Ok(oldest.map(|row| row.created_at))
}

/// Parked rows of the same destination and subject, for which this one waits.
fn parked_beside() -> SelectStatement {
    let other = Alias::new("other");
    let theirs = |column: Column| Expr::col((other.clone(), column));
    let ours = |column: Column| Expr::col((Entity, column));
    Query::select()
        .expr(Expr::val(1))
        .from_as(Entity, other.clone())
        .and_where(theirs(Column::Destination).eq(ours(Column::Destination)))
        .and_where(theirs(Column::Subject).eq(ours(Column::Subject)))
        .and_where(theirs(Column::ParkedAt).is_not_null())
        .and_where(theirs(Column::Ordered).eq(true))
        .and_where(ours(Column::Ordered).eq(true))
        .to_owned()
}

/// The subjects of which this destination may not know the latest until an operator acts.
pub async fn parked_subjects(connection: &impl ConnectionTrait, destination: &str) -> Result<Vec<String>, Error> {
    let subjects = Entity::find()
        .select_only()
        .column(Column::Subject)
        .distinct()
        .filter(Column::Destination.eq(destination))
        .filter(Column::ParkedAt.is_not_null())
        .order_by_asc(Column::Subject)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(subjects)
}

/// Delivers a row again from now on, its attempts forgotten. False when there is no such row.
pub async fn retry(tx: &Tx, event: Uuid, destination: &str, now: DateTime<Utc>) -> Result<bool, Error> {
    let result = Entity::update_many()
        .col_expr(Column::ParkedAt, Expr::val(None::<DateTime<Utc>>))
        .col_expr(Column::Attempts, Expr::val(0))
        .col_expr(Column::AvailableAt, Expr::val(micros(now)))
        .filter(Column::Event.eq(event))
        .filter(Column::Destination.eq(destination))
        .exec(tx)
        .await?;
    Ok(result.rows_affected == 1)
}

/// Gives a row up, so that those behind it go on. False when there is no such row.
pub async fn drop_row(tx: &Tx, event: Uuid, destination: &str) -> Result<bool, Error> {
    let result = Entity::delete_many()
        .filter(Column::Event.eq(event))
        .filter(Column::Destination.eq(destination))
        .exec(tx)
        .await?;
    Ok(result.rows_affected == 1)
}
