//! The reserve: its reads are answered, whatever became of those before them.

use std::time::Duration;

use database::{Database, Error, Reserve};
use futures::future::join_all;
use sea_orm::{ConnectionTrait, DbErr, Statement};
use testkit::on_every_database;

use crate::open;

/// What the database makes of this number.
async fn twice(reserve: &Reserve, number: i64) -> Result<i64, DbErr> {
    let sql = "SELECT CAST($1 AS BIGINT) * 2 AS twice";
    let statement = Statement::from_sql_and_values(reserve.get_database_backend(), sql, [number.into()]);
    reserve.query_one_raw(statement).await?.unwrap().try_get("", "twice")
}

#[tokio::test]
async fn more_reads_than_there_are_connections_are_all_answered() {
    on_every_database(async |test| {
        let db = open(&test).await;
        for _ in 0..3 {
            let reads = join_all((0..32).map(|number| twice(db.reserve(), number))).await;
            for (number, read) in (0..).zip(reads) {
                assert_eq!(read.unwrap(), number * 2);
            }
        }
        db.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_read_that_was_given_up_or_failed_spoils_none_after_it() {
    on_every_database(async |test| {
        let db = open(&test).await;
        for number in 0..32 {
            // Begun at most: whoever waits no time at all has no answer.
            let _ = tokio::time::timeout(Duration::ZERO, twice(db.reserve(), 1_000)).await;
            let wrong = Statement::from_string(db.reserve().get_database_backend(), "SELECT nothing");
            assert!(db.reserve().query_all_raw(wrong).await.is_err());
            assert_eq!(twice(db.reserve(), number).await.unwrap(), number * 2);
        }
    })
    .await;
}

#[tokio::test]
async fn a_closed_reserve_ends_its_connections_and_answers_no_more() {
    on_every_database(async |test| {
        let db = open(&test).await;
        let reserve = db.reserve().clone();
        twice(&reserve, 1).await.unwrap();
        tokio::time::timeout(Duration::from_secs(10), db.close())
            .await
            .expect("it closes though a connection stayed out");
        let refused = Error::from(twice(&reserve, 1).await.unwrap_err());
        assert!(matches!(refused, Error::Unavailable(_)), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn nothing_is_written_by_the_reserve() {
    on_every_database(async |test| {
        let db = open(&test).await;
        assert!(db.reserve().execute_unprepared("DELETE FROM access").await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_connection_of_the_reserve_that_was_cut_fails_one_read_at_most() {
    let Some(test) = testkit::postgres().await else { return };
    let db = Database::connect(&test.settings).await.unwrap();
    let all = tokio::join!(twice(db.reserve(), 1), twice(db.reserve(), 1), twice(db.reserve(), 1));
    assert!(all.0.and(all.1).and(all.2).is_ok());

    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    db.reader().execute_unprepared(cut).await.unwrap();
    let mut failed = 0;
    while let Err(error) = twice(db.reserve(), 1).await {
        let error = Error::from(error);
        assert!(matches!(error, Error::Unavailable(_)), "{error}");
        failed += 1;
        assert!(failed <= 3, "the reserve does not heal");
    }
}
