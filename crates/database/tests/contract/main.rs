//! What the data layer promises, checked on every database: SQLite and PostgreSQL run the same cases unchanged.
#![cfg(test)]

mod access;
mod connect;
mod forced;
mod idempotency;
mod inbox;
mod journal;
mod lease;
mod migrate;
mod outbox;
mod page;
mod reserve;
mod rights;
mod transact;
mod verify;
mod wall;
mod watch;

use chrono::{DateTime, Utc};
use database::migrate::{Migrations, migrate};
use database::{Database, Error, Step, Tx};
use testkit::TestDatabase;
use uuid::Uuid;

/// Opens a test's database with the shared tables in it.
async fn open(test: &TestDatabase) -> Database {
    let db = Database::connect(&test.settings).await.unwrap();
    migrate(&db, "contract", Migrations(Vec::new())).await.unwrap();
    db
}

/// One transaction that must succeed.
async fn commit<T>(db: &Database, work: impl AsyncFn(&Tx) -> Result<T, Error>) -> T {
    db.transact(async |tx: Tx| work(&tx).await.map(Step::Commit)).await.unwrap()
}

/// So many microseconds after a fixed time.
fn at(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(1_700_000_000_000_000 + micros).unwrap()
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}
