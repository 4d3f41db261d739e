//! Whoever asks is told of every statement, by whichever connection, and of every transaction that is run again.

use std::sync::{Arc, Mutex};

use database::{Database, Error, Step, Told, Tx, setting};
use sea_orm::{ConnectionTrait, Statement};
use testkit::on_every_database;

use crate::open;

async fn answered(connection: &impl ConnectionTrait, sql: &str) -> bool {
    connection.query_all_raw(Statement::from_string(connection.get_database_backend(), sql)).await.is_ok()
}

#[tokio::test]
async fn statements_and_retries_are_told_to_whoever_asks() {
    on_every_database(async |test| {
        let silent = open(&test).await;
        let heard = Arc::new(Mutex::new(Vec::new()));
        let listener = Arc::clone(&heard);
        let db: Database = silent.clone().watched(move |told| {
            listener.lock().unwrap().push(match told {
                Told::Statement { text, failed, .. } => format!("{text}: {failed}"),
                Told::Retry => "again".to_owned(),
            });
        });
        let told = || std::mem::take(&mut *heard.lock().unwrap());

        assert!(answered(db.reader(), "SELECT 1").await && answered(db.reserve(), "SELECT 2").await);
        assert!(!answered(db.reader(), "SELECT x").await && !answered(db.reserve(), "SELECT y").await);
        assert_eq!(told(), ["SELECT 1: false", "SELECT 2: false", "SELECT x: true", "SELECT y: true"]);

        let hopeless = db.transact(async |tx: Tx| {
            setting::put(&tx, "name", "value").await?;
            Err::<Step<()>, _>(Error::Contended)
        });
        assert!(matches!(hopeless.await, Err(Error::Contended)));
        let heard = told();
        assert_eq!(heard.iter().filter(|told| *told == "again").count(), 4, "{heard:?}");
        let inserts: Vec<_> = heard.iter().filter(|told| told.starts_with("INSERT")).collect();
        assert_eq!(inserts.len(), 5, "{heard:?}");
        assert!(inserts.iter().all(|told| !told.contains("value'")), "values are bound, not told: {inserts:?}");

        assert!(answered(silent.reader(), "SELECT 1").await);
        assert_eq!(told(), Vec::<String>::new(), "nobody asked this one");
    })
    .await;
}
