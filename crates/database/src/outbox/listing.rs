//! What operators see of the outbox and may do to it.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{DerivePartialModel, QueryOrder, QuerySelect, entity::prelude::*};

use super::row::{Column, Entity, Model};
use crate::time::micros;
use crate::{Error, Tx};

/// A row as an operator sees it: without what it carries.
#[derive(Debug, Clone, PartialEq, Eq, DerivePartialModel)]
#[sea_orm(entity = "Entity")]
pub struct Waiting {
    /// The event this tells of.
    pub event: Uuid,
    /// The peer.
    pub destination: String,
    /// What it is about.
    pub subject: String,
    /// The method to call.
    pub method: String,
    /// Not to be delivered before this time.
    pub available_at: DateTime<Utc>,
    /// How often delivery began.
    pub attempts: i32,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// Since when it waits for an operator.
    pub parked_at: Option<DateTime<Utc>>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

/// Where a row stands in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// The event it tells of.
    pub event: Uuid,
    /// The peer.
    pub destination: String,
}

/// Which rows to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pending {
    /// Those that are due, and those that are parked.
    All,
    /// Only those that are due.
    Due,
    /// Only those that are parked.
    Parked,
}

/// Rows that are due or parked, oldest first, that stand after this place.
pub async fn pending(
    connection: &impl ConnectionTrait,
    which: Pending,
    now: DateTime<Utc>,
    after: Option<&Place>,
    limit: u64,
) -> Result<Vec<Waiting>, Error> {
    let parked = Column::ParkedAt.is_not_null();
    let due = Condition::all().add(Column::ParkedAt.is_null()).add(Column::AvailableAt.lte(micros(now)));
    let mut wanted = Condition::any();
    if which != Pending::Due {
        wanted = wanted.add(parked);
    }
    if which != Pending::Parked {
        wanted = wanted.add(due);
    }
    let mut select = Entity::find().filter(wanted);
    if let Some(place) = after {
        let key = [Column::CreatedAt, Column::Event, Column::Destination].map(|column| Expr::col((Entity, column)));
        let last =
            [place.created_at.into(), place.event.into(), place.destination.as_str().into()].map(Expr::val::<Value>);
        select = select.filter(Expr::tuple(key).gt(Expr::tuple(last)));
    }
    let rows = in_order(select).limit(limit).into_partial_model().all(connection).await?;
    Ok(rows)
}

/// All rows, due or not, parked or not, with what they carry.
pub async fn all(connection: &impl ConnectionTrait, limit: u64) -> Result<Vec<Model>, Error> {
    Ok(in_order(Entity::find()).limit(limit).all(connection).await?)
}

fn in_order(select: Select<Entity>) -> Select<Entity> {
    select.order_by_asc(Column::CreatedAt).order_by_asc(Column::Event).order_by_asc(Column::Destination)
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

/// How the outbox stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// Rows that wait, due or not.
    pub waiting: u64,
    /// Rows that wait for an operator.
    pub parked: u64,
    /// Since when the oldest waits that is not parked.
    pub since: Option<DateTime<Utc>>,
}

/// How the whole outbox stands now.
pub async fn backlog(connection: &impl ConnectionTrait) -> Result<Backlog, Error> {
    let waiting = || Entity::find().filter(Column::ParkedAt.is_null());
    let oldest = waiting().select_only().column(Column::CreatedAt).order_by_asc(Column::CreatedAt).limit(1);
    Ok(Backlog {
        waiting: waiting().count(connection).await?,
        parked: Entity::find().filter(Column::ParkedAt.is_not_null()).count(connection).await?,
        since: oldest.into_tuple().one(connection).await?,
    })
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

/// The row of this event and destination.
pub async fn find(connection: &impl ConnectionTrait, event: Uuid, destination: &str) -> Result<Option<Waiting>, Error> {
    let row = Entity::find().filter(key(event, destination)).into_partial_model().one(connection).await?;
    Ok(row)
}

/// Whether the peer misses nothing lasting without this row: it carries no state, or a later call of the same method will carry the
/// same subject's newer state.
pub async fn dispensable(connection: &impl ConnectionTrait, event: Uuid, destination: &str) -> Result<bool, Error> {
    let dispensable = Column::Ordered.eq(false).or(Expr::exists(later()));
    let found = Entity::find().filter(key(event, destination)).filter(dispensable).count(connection).await?;
    Ok(found > 0)
}

/// Ordered rows that come after, and call the same.
fn later() -> SelectStatement {
    let other = Alias::new("other");
    let theirs = |column: Column| Expr::col((other.clone(), column));
    let ours = |column: Column| Expr::col((Entity, column));
    let order = [Column::SourceEpoch, Column::SubjectVersion, Column::Event];
    Query::select()
        .expr(Expr::val(1))
        .from_as(Entity, other.clone())
        .and_where(theirs(Column::Destination).eq(ours(Column::Destination)))
        .and_where(theirs(Column::Subject).eq(ours(Column::Subject)))
        .and_where(theirs(Column::Method).eq(ours(Column::Method)))
        .and_where(theirs(Column::Ordered).eq(true))
        .and_where(Expr::tuple(order.map(theirs)).gt(Expr::tuple(order.map(ours))))
        .to_owned()
}

/// Delivers a parked row again from now on, its attempts forgotten. False when no such row is parked.
pub async fn retry(tx: &Tx, event: Uuid, destination: &str, now: DateTime<Utc>) -> Result<bool, Error> {
    let result = Entity::update_many()
        .col_expr(Column::ParkedAt, Expr::val(None::<DateTime<Utc>>))
        .col_expr(Column::Attempts, Expr::val(0))
        .col_expr(Column::AvailableAt, Expr::val(micros(now)))
        .filter(key(event, destination))
        .filter(Column::ParkedAt.is_not_null())
        .exec(tx)
        .await?;
    Ok(result.rows_affected == 1)
}

/// Gives a parked row up, so that those behind it go on. False when no such row is parked.
pub async fn drop_row(tx: &Tx, event: Uuid, destination: &str) -> Result<bool, Error> {
    let result =
        Entity::delete_many().filter(key(event, destination)).filter(Column::ParkedAt.is_not_null()).exec(tx).await?;
    Ok(result.rows_affected == 1)
}

fn key(event: Uuid, destination: &str) -> Condition {
    Condition::all().add(Column::Event.eq(event)).add(Column::Destination.eq(destination))
}
