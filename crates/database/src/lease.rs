//! Who may do a shared task, one at a time, on the database's clock, with a number that betrays a holder who came too late.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query, SelectStatement};
use sea_orm::{ActiveValue::Set, QuerySelect, TryInsertResult, entity::prelude::*};

use crate::{Database, Error, Step, Tx, connect};

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use super::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "lease")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub owner: String,
        pub epoch: i64,
        pub until: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

/// The right to do the task of this name, for as long as nobody else took it over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The task.
    pub name: String,
    /// Rises by one with each change of owner.
    pub epoch: i64,
}

/// Takes or renews the lease; None while another owner holds it. Renewing keeps the epoch.
pub async fn acquire(db: &Database, name: &str, owner: &str, ttl: Duration) -> Result<Option<Lease>, Error> {
    db.transact(async |tx: Tx| {
        let tx = &tx;
        let now = connect::time(tx).await?;
        let until = now + ttl;
        if renew(tx, name, owner, until).await? || take_over(tx, name, owner, now, until).await? {
            let row = Entity::find_by_id(name).one(tx).await?.ok_or(Error::Contended)?;
            return Ok(Step::Commit(Some(Lease { name: row.name, epoch: row.epoch })));
        }
        let first = create(tx, name, owner, until).await?;
        Ok::<_, Error>(Step::Commit(first.then(|| Lease { name: name.to_owned(), epoch: 1 })))
    })
    .await
}

async fn renew(tx: &Tx, name: &str, owner: &str, until: DateTime<Utc>) -> Result<bool, Error> {
    let result = Entity::update_many()
        .col_expr(Column::Until, Expr::val(until))
        .filter(Column::Name.eq(name))
        .filter(Column::Owner.eq(owner))
        .exec(tx)
        .await?;
    Ok(result.rows_affected == 1)
}

async fn take_over(tx: &Tx, name: &str, owner: &str, now: DateTime<Utc>, until: DateTime<Utc>) -> Result<bool, Error> {
    let result = Entity::update_many()
        .col_expr(Column::Owner, Expr::val(owner))
        .col_expr(Column::Until, Expr::val(until))
        .col_expr(Column::Epoch, Expr::col(Column::Epoch).add(1))
        .filter(Column::Name.eq(name))
        .filter(Column::Until.lte(now))
        .exec(tx)
        .await?;
    Ok(result.rows_affected == 1)
}

async fn create(tx: &Tx, name: &str, owner: &str, until: DateTime<Utc>) -> Result<bool, Error> {
    let row =
        row::ActiveModel { name: Set(name.to_owned()), owner: Set(owner.to_owned()), epoch: Set(1), until: Set(until) };
    let skip = OnConflict::column(Column::Name).do_nothing().to_owned();
    let inserted = Entity::insert(row).on_conflict(skip).try_insert().exec_without_returning(tx).await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(1)))
}

/// Gives the lease back early. The next acquire, by whomever, raises the epoch.
pub async fn release(db: &Database, lease: &Lease, owner: &str) -> Result<(), Error> {
    db.transact(async |tx: Tx| {
        let tx = &tx;
        Entity::update_many()
            .col_expr(Column::Owner, Expr::val(""))
            .col_expr(Column::Until, Expr::val(DateTime::UNIX_EPOCH))
            .filter(Column::Name.eq(&lease.name))
            .filter(Column::Epoch.eq(lease.epoch))
            .filter(Column::Owner.eq(owner))
            .exec(tx)
            .await?;
        Ok::<_, Error>(Step::Commit(()))
    })
    .await
}

/// Whether nobody took the lease over; if so, nobody can before this transaction ends.
pub async fn held(tx: &Tx, lease: &Lease) -> Result<bool, Error> {
    // The lock counts on PostgreSQL; on SQLite the transaction is the only writer anyway.
    let row = Entity::find_by_id(&lease.name).filter(Column::Epoch.eq(lease.epoch)).lock_shared().one(tx).await?;
    Ok(row.is_some())
}

/// The same as a condition for a single guarded statement: `EXISTS (..)` over this.
pub fn current(lease: &Lease) -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from(Entity)
        .and_where(Expr::col((Entity, Column::Name)).eq(lease.name.as_str()))
        .and_where(Expr::col((Entity, Column::Epoch)).eq(lease.epoch))
        .to_owned()
}
