//! Connections: what holds for each of them, and that those that went away are replaced. Only PostgreSQL has a server to lose.

use std::time::{Duration, Instant};

use database::{Database, Error, Step, Tx, setting};
use sea_orm::{ConnectionTrait, Statement};

use crate::open;

/// Statements that wait for a lock.
const WAITING: &str = "SELECT count(*)::text FROM pg_stat_activity \
    WHERE datname = current_database() AND wait_event_type = 'Lock'";

async fn scalar(connection: &impl ConnectionTrait, sql: &str) -> String {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    connection.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

#[tokio::test]
async fn changes_are_read_committed_whatever_the_servers_default() {
    let Some(test) = testkit::postgres().await else { return };
    let db = Database::connect(&test.settings).await.unwrap();
    let name = scalar(db.reader(), "SELECT current_database()::text").await;
    let serializable = format!("ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'");
    db.reader().execute_unprepared(&serializable).await.unwrap();

    let anew = Database::connect(&test.settings).await.unwrap();
    let level = anew.transact(async |tx: Tx| {
        Ok::<_, Error>(Step::Commit(scalar(&tx, "SELECT current_setting('transaction_isolation')").await))
    });
    assert_eq!(level.await.unwrap(), "read committed");
}

#[tokio::test]
async fn a_connection_that_was_cut_fails_one_call_at_most() {
    let Some(test) = testkit::postgres().await else { return };
    let db = Database::connect(&test.settings).await.unwrap();
    // Several at once, so that several are open.
    let all = tokio::join!(db.ping(), db.ping(), db.ping(), db.ping());
    assert!(all.0.and(all.1).and(all.2).and(all.3).is_ok());

    let other = Database::connect(&test.settings).await.unwrap();
    let cut = "SELECT count(pg_terminate_backend(pid))::text FROM pg_stat_activity \
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    assert_ne!(scalar(other.reader(), cut).await, "0");
    let mut failed = 0;
    while let Err(error) = db.ping().await {
        assert!(matches!(error, Error::Unavailable(_)), "{error}");
        failed += 1;
        assert!(failed <= test.settings.max_connections, "the pool does not heal");
    }
}

/// Gives a call up that waits for a lock, and sees its statement end.
async fn give_up(db: &Database, other: &Database, work: impl Future<Output: std::fmt::Debug>) {
    let call = db.given_up().call();
    let mut work = Box::pin(call.work(work));
    let waits = async { while scalar(other.reader(), WAITING).await == "0" {} };
    tokio::select! {
        answer = work.as_mut() => panic!("it waits for no lock: {answer:?}"),
        () = waits => {}
    }
    drop(call);
    drop(work);
    let began = Instant::now();
    while scalar(other.reader(), WAITING).await != "0" {
        // It would give up waiting for the lock by itself after five seconds.
        assert!(began.elapsed() < Duration::from_secs(3), "it goes on for nobody");
    }
}

#[tokio::test]
async fn no_statement_outlives_the_call_that_was_given_up() {
    let Some(test) = testkit::postgres().await else { return };
    let (db, other) = (open(&test).await, Database::connect(&test.settings).await.unwrap());
    let held = other.transact(async |tx: Tx| {
        tx.execute_unprepared("LOCK TABLE setting").await.map_err(Error::from)?;
        give_up(&db, &other, setting::get(db.reader(), "a")).await;
        give_up(&db, &other, setting::get(db.reserve(), "a")).await;
        let change = db.transact(async |tx: Tx| setting::put(&tx, "a", "1").await.map(Step::Commit));
        give_up(&db, &other, change).await;
        Ok::<_, Error>(Step::Rollback(()))
    });
    held.await.unwrap();
    assert_eq!(setting::get(db.reader(), "a").await.unwrap(), None, "the pool goes on, and nothing was changed");
}
