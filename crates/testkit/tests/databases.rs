//! Each test gets an empty database per backend, and its own.
#![cfg(test)]

use sea_orm::{ConnectionTrait, Database};
use secrecy::ExposeSecret;
use testkit::TestDatabase;

async fn execute(database: &TestDatabase, statement: &str) {
    let url = database.settings.url.expose_secret();
    let url = if database.name == "sqlite" { format!("{url}?mode=rwc") } else { url.to_owned() };
    let connection = Database::connect(url).await.expect("connects");
    connection.execute_unprepared(statement).await.expect("runs");
    connection.close().await.expect("closes");
}

#[tokio::test]
async fn every_database_is_empty_and_writable() {
    testkit::on_every_database(async |database| {
        let another = database.another().await;
        assert_eq!(another.name, database.name);
        execute(&database, "CREATE TABLE t (id bigint)").await;
        execute(&another, "CREATE TABLE t (id bigint)").await;
    })
    .await;
}

#[tokio::test]
async fn sqlite_is_always_there() {
    let names: Vec<_> = testkit::databases().await.iter().map(|database| database.name).collect();
    assert_eq!(names[0], "sqlite");
    assert!(names.len() <= 2);
}
