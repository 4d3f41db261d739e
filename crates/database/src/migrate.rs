//! Bringing a schema up to date: the shared tables first, then a service's own, one migrator at a time.

use std::time::Duration;

use sea_orm::sea_query::{Alias, ColumnDef, Expr, ExprTrait, OnConflict, Query, Table};
use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationTrait, SchemaManager};

use crate::error::sqlstate;
use crate::{Database, Error, Step, Tx, affected, connect};

mod lock;
mod rights;
mod shared;

use lock::Lock;
pub use rights::{entitle, is_owner};

/// A service's own migrations, in order.
pub struct Migrations(pub Vec<Box<dyn MigrationTrait>>);

impl Migrations {
    fn with_shared(self) -> Vec<Box<dyn MigrationTrait>> {
        let mut all: Vec<Box<dyn MigrationTrait>> = vec![Box::new(shared::Tables)];
        all.extend(self.0);
        all
    }
}

/// Applies what is missing, each migration in a transaction of its own; says which these were.
pub async fn migrate(db: &Database, service: &str, extra: Migrations) -> Result<Vec<String>, Error> {
    let table = format!("{service}_migrations");
    create_bookkeeping(db, &table).await?;
    let lock = Lock::take(db).await?;
    let result = apply(db, &table, &lock, extra).await;
    lock.release(db).await?;
    result
}

async fn apply(db: &Database, table: &str, lock: &Lock, extra: Migrations) -> Result<Vec<String>, Error> {
    let done = applied(db, table).await?;
    let mut names = Vec::new();
    for migration in extra.with_shared() {
        if done.iter().any(|name| name == migration.name()) {
            continue;
        }
        db.migrate(async |tx: Tx| {
            let tx = &tx;
            lock.renew(tx).await?;
            migration.up(&SchemaManager::new(tx.of_migration()?)).await?;
            record(tx, table, migration.name()).await?;
            Ok(Step::Commit(()))
        })
        .await?;
        names.push(migration.name().to_owned());
    }
    Ok(names)
}

/// The names of migrations that this program knows and the database lacks. Changes nothing.
pub async fn pending(db: &Database, service: &str, extra: Migrations) -> Result<Vec<String>, Error> {
    let table = format!("{service}_migrations");
    let known = SchemaManager::new(db.reader()).has_table(&table).await?;
    let done = if known { applied(db, &table).await? } else { Vec::new() };
    let names = extra.with_shared().iter().map(|migration| migration.name().to_owned()).collect::<Vec<_>>();
    Ok(names.into_iter().filter(|name| !done.contains(name)).collect())
}

/// Refuses a schema that is older than the program.
pub async fn refuse_pending(db: &Database, service: &str, extra: Migrations) -> Result<(), Error> {
    let names = pending(db, service, extra).await?;
    if names.is_empty() { Ok(()) } else { Err(Error::MigrationsPending(names)) }
}

async fn create_bookkeeping(db: &Database, table: &str) -> Result<(), Error> {
    db.transact(async |tx: Tx| {
        let tx = &tx;
        if let Some(schema) = db.schema() {
            // Raw: sea-query has no schemas. The name was checked when connecting.
            retry_race(tx.execute_unprepared(&format!("CREATE SCHEMA IF NOT EXISTS \"{schema}\"")).await)?;
        }
        let names = Table::create()
            .table(Alias::new(table))
            .if_not_exists()
            .col(ColumnDef::new("version").text().not_null().primary_key())
            .col(ColumnDef::new("applied_at").timestamp_with_time_zone().not_null())
            .to_owned();
        retry_race(tx.execute(&names).await)?;
        retry_race(tx.execute(&lock::table()).await)?;
        Ok::<_, Error>(Step::Commit(()))
    })
    .await
}

/// Two that create the same thing at once collide in PostgreSQL's catalogue, IF NOT EXISTS or not.
fn retry_race<T>(result: Result<T, DbErr>) -> Result<T, Error> {
    result.map_err(|error| match sqlstate(&error).as_deref() {
        // unique violation, duplicate schema, table, type
        Some("23505" | "42P06" | "42P07" | "42710") => Error::Contended,
        _ => Error::from(error),
    })
}

async fn applied(db: &Database, table: &str) -> Result<Vec<String>, Error> {
    let names = Query::select().column("version").from(Alias::new(table)).to_owned();
    let rows = db.reader().query_all(&names).await?;
    rows.iter().map(|row| row.try_get_by_index(0).map_err(Error::from)).collect()
}

async fn record(tx: &Tx, table: &str, name: &str) -> Result<(), Error> {
    let insert = Query::insert()
        .into_table(Alias::new(table))
        .columns(["version", "applied_at"])
        .values_panic([name.into(), connect::time(tx).await?.into()])
        .to_owned();
    tx.execute(&insert).await?;
    Ok(())
}
