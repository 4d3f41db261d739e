//! The reserve: its reads are answered, whatever became of those before them.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use database::{Backend, Database, Error, Reserve, Step, Tx};
use futures::future::join_all;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};
use secrecy::ExposeSecret;
use serde_json::{Value as Json, json};
use testkit::on_every_database;
use uuid::Uuid;

use crate::open;

/// What the database makes of this number.
async fn twice(reserve: &Reserve, number: i64) -> Result<i64, DbErr> {
    let sql = "SELECT CAST($1 AS BIGINT) * 2 AS twice";
    let statement = Statement::from_sql_and_values(reserve.get_database_backend(), sql, [number.into()]);
    reserve.query_one_raw(statement).await?.unwrap().try_get("", "twice")
}

/// The same, asked for in the fastest way.
async fn tripled(reserve: &Reserve, number: i64) -> Result<i64, Error> {
    let sql = match reserve.get_database_backend() {
        DbBackend::Sqlite => "SELECT CAST(?1 AS BIGINT) * 3",
        _ => "SELECT CAST($1 AS BIGINT) * 3",
    };
    reserve.rows(sql, vec![number.into()]).await?[0].get(0)
}

/// A row of every type, written as everything is, and read by each of its values.
#[tokio::test]
async fn what_is_written_is_found_and_read_by_the_reserve() {
    on_every_database(async |test| {
        let db = open(&test).await;
        let (id, name) = (Uuid::from_u128(7), "Fjällmoln".to_owned());
        for time in [DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + TimeDelta::microseconds(1_234_567)] {
            let values: Vec<Value> = vec![id.into(), time.into(), 40_i64.into(), name.clone().into()];
            let written = values.clone();
            db.transact(async |tx: Tx| {
                let table = "CREATE TABLE IF NOT EXISTS probe (id UUID, time TIMESTAMPTZ, big BIGINT, name TEXT, \
                    small INTEGER, yes BOOLEAN, list JSON, absent UUID)";
                tx.execute_unprepared(table).await.map_err(Error::from)?;
                let sql = "INSERT INTO probe VALUES ($1, $2, $3, $4, 4, TRUE, '[\"a\"]', NULL)";
                let insert = Statement::from_sql_and_values(tx.get_database_backend(), sql, written.clone());
                tx.execute_raw(insert).await.map_err(Error::from)?;
                Ok::<_, Error>(Step::Commit(()))
            })
            .await
            .unwrap();
            let found = match db.backend() {
                Backend::Sqlite => "SELECT * FROM probe WHERE id = ?1 AND time = ?2 AND big = ?3 AND name = ?4",
                Backend::Postgres => "SELECT * FROM probe WHERE id = $1 AND time = $2 AND big = $3 AND name = $4",
            };
            let rows = db.reserve().rows(found, values).await.unwrap();
            assert_eq!(rows.len(), 1);
            let row = &rows[0];
            assert_eq!(row.get::<Uuid>(0).unwrap(), id);
            assert_eq!(row.get::<DateTime<Utc>>(1).unwrap(), time);
            assert_eq!(row.get::<i64>(2).unwrap(), 40);
            assert_eq!(row.get::<String>(3).unwrap(), name);
            assert_eq!(row.get::<i32>(4).unwrap(), 4);
            assert!(row.get::<bool>(5).unwrap());
            assert_eq!(row.get::<Json>(6).unwrap(), json!(["a"]));
            assert_eq!(row.get::<Option<Uuid>>(7).unwrap(), None);
            assert!(row.get::<Uuid>(7).is_err() && row.get::<i64>(3).is_err() && row.get::<Option<i64>>(8).is_err());
        }
    })
    .await;
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
            let reads = join_all((0..32).map(|number| tripled(db.reserve(), number))).await;
            for (number, read) in (0..).zip(reads) {
                assert_eq!(read.unwrap(), number * 3);
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
            let _ = tokio::time::timeout(Duration::ZERO, tripled(db.reserve(), 1_000)).await;
            assert!(db.reserve().rows("SELECT nothing", Vec::new()).await.is_err());
            assert_eq!(tripled(db.reserve(), number).await.unwrap(), number * 3);
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
        tripled(&reserve, 1).await.unwrap();
        tokio::time::timeout(Duration::from_secs(10), db.close())
            .await
            .expect("it closes though a connection stayed out");
        let refused = Error::from(twice(&reserve, 1).await.unwrap_err());
        assert!(matches!(refused, Error::Unavailable(_)), "{refused}");
        let refused = tripled(&reserve, 1).await.unwrap_err();
        assert!(matches!(refused, Error::Unavailable(_)), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn a_file_that_could_not_be_opened_is_read_as_soon_as_it_can() {
    let test = testkit::sqlite();
    let db = open(&test).await;
    let file = PathBuf::from(test.settings.url.expose_secret().trim_start_matches("sqlite://"));
    let away = file.with_extension("away");
    fs::rename(&file, &away).unwrap();
    let refused = tripled(db.reserve(), 1).await.unwrap_err();
    assert!(matches!(refused, Error::Unavailable(_)), "{refused}");
    fs::rename(&away, &file).unwrap();
    for number in 0..8 {
        assert_eq!(tripled(db.reserve(), number).await.unwrap(), number * 3);
    }
}

#[tokio::test]
async fn nothing_is_written_by_the_reserve() {
    on_every_database(async |test| {
        let db = open(&test).await;
        assert!(db.reserve().execute_unprepared("DELETE FROM access").await.is_err());
        if db.backend() == Backend::Sqlite {
            assert!(db.reserve().rows("DELETE FROM access", Vec::new()).await.is_err());
        }
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
