//! Where another role owns the tables, whoever serves may do with rows what serving needs, and nothing that would undo what guards them.

use std::process::Command;

use database::journal;
use database::migrate::{Migrations, entitle, is_owner, migrate};
use database::{Database, Settings, Step, Tx};
use sea_orm::ConnectionTrait;
use testkit::TestDatabase;

use crate::journal::{append, numbering};
use crate::open;

/// The database by its owner, who has migrated it, and by who serves.
async fn both(test: &TestDatabase) -> (Database, Database) {
    let owner = open(test).await;
    entitle(&owner, "contract", testkit::SERVING).await.unwrap();
    let url = testkit::serving(secrecy::ExposeSecret::expose_secret(&test.settings.url));
    let serving = Database::connect(&Settings { url: url.into(), ..test.settings.clone() }).await.unwrap();
    (owner, serving)
}

async fn refused(db: &Database, statement: &str) -> Option<String> {
    let done = db.transact(async |tx: Tx| {
        tx.execute_unprepared(statement).await.map_err(database::Error::from)?;
        Ok::<_, database::Error>(Step::Rollback(()))
    });
    done.await.err().map(|error| format!("{error:?}"))
}

#[tokio::test]
async fn r66_who_serves_owns_nothing_and_takes_nothing_off() {
    let Some(test) = testkit::postgres().await else { return };
    let (owner, serving) = both(&test).await;
    assert!(is_owner(&owner).await.unwrap());
    assert!(!is_owner(&serving).await.unwrap());
    append(&serving, 1, 0, "1").await;
    let lease = numbering(&serving).await;
    assert_eq!(journal::number(&serving, &lease).await.unwrap(), 1);
    for statement in [
        "ALTER TABLE access DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE journal ADD COLUMN more text",
        "CREATE TABLE own (id int)",
        "CREATE POLICY all_of_it ON outbox USING (true)",
        "DELETE FROM contract_migrations",
        "DELETE FROM journal",
        "DROP TABLE journal",
        "GRANT ALL ON journal TO CURRENT_USER",
        "INSERT INTO contract_migrations (version, applied_at) VALUES ('x', now())",
        "TRUNCATE outbox",
        "UPDATE journal SET actor = 'nobody'",
        "UPDATE migration_lock SET owner = 'nobody'",
    ] {
        let told = refused(&serving, statement).await;
        let kept =
            told.as_ref().is_some_and(|told| told.contains("permission denied") || told.contains("must be owner"));
        // Rights that one can't give are a warning to PostgreSQL: what it leaves is looked at.
        assert!(kept || statement.starts_with("GRANT"), "{statement}: {told:?}");
    }
    assert!(refused(&serving, "UPDATE journal SET actor = 'nobody'").await.is_some(), "and no grant of its own helps");
    assert_eq!(refused(&serving, "UPDATE outbox SET attempts = 0").await, None);
    assert_eq!(refused(&serving, "DELETE FROM outbox").await, None);
}

/// What `deploy/README.md` has an operator say where the role that serves owned the tables until then.
fn handed_over(readme: &str) -> String {
    let handing = readme.split("```sql\n").nth(1).and_then(|rest| rest.split("```").next()).expect("the statements");
    handing.replace("enrollment_owner", "linkage").replace("enrollment", testkit::SERVING)
}

#[tokio::test]
async fn tables_are_handed_over_to_another_owner_while_they_are_in_use() {
    let Some(cluster) = testkit::durable() else { return };
    testkit::ask(&cluster.url("postgres", "postgres"), &format!("CREATE DATABASE deals OWNER {}", testkit::SERVING));
    let connect = async |role: &str| Database::connect(&Settings::new(cluster.url(role, "deals"))).await.unwrap();
    let serving = connect(testkit::SERVING).await;
    migrate(&serving, "contract", Migrations(Vec::new())).await.unwrap();

    let handing = handed_over(include_str!("../../../../deploy/README.md"));
    let mut psql = Command::new("psql");
    psql.env("PATH", cluster.programs()).args([
        &cluster.url("postgres", "deals"),
        "-v",
        "ON_ERROR_STOP=1",
        "-qc",
        &handing,
    ]);
    // It gives way to what is open, and is then said again.
    let handed =
        tokio::task::spawn_blocking(move || (0..20).any(|_| psql.status().is_ok_and(|status| status.success())));
    let mut entries = 0;
    while !handed.is_finished() || entries < 50 {
        entries += 1;
        append(&serving, entries, 0, "1").await;
    }
    assert!(handed.await.unwrap(), "never handed over");
    append(&serving, entries + 1, 0, "1").await;
    let owner = connect("linkage").await;
    assert_eq!(migrate(&owner, "contract", Migrations(Vec::new())).await.unwrap(), Vec::<String>::new());
    entitle(&owner, "contract", testkit::SERVING).await.unwrap();
    append(&serving, entries + 2, 0, "1").await;
    assert!(!is_owner(&serving).await.unwrap());
    for statement in ["DELETE FROM journal", "TRUNCATE journal", "ALTER TABLE journal DISABLE ROW LEVEL SECURITY"] {
        assert!(refused(&serving, statement).await.is_some(), "{statement}");
    }
}

#[tokio::test]
async fn rights_are_given_again_for_what_came_since_and_never_to_the_owner_itself() {
    let Some(test) = testkit::postgres().await else { return };
    let (owner, serving) = both(&test).await;
    owner
        .transact(async |tx: Tx| {
            tx.execute_unprepared("CREATE TABLE later (id int)").await.map_err(database::Error::from)?;
            Ok::<_, database::Error>(Step::Commit(()))
        })
        .await
        .unwrap();
    assert!(refused(&serving, "DELETE FROM later").await.is_some());
    let again = || async { entitle(&owner, "contract", testkit::SERVING).await.unwrap() };
    tokio::join!(again(), again(), again());
    assert_eq!(refused(&serving, "DELETE FROM later").await, None);

    entitle(&owner, "contract", "linkage").await.unwrap();
    assert!(refused(&owner, "DELETE FROM journal").await.is_some());
    assert!(entitle(&owner, "contract", "no_such_role").await.is_err());
    migrate(&owner, "contract", Migrations(Vec::new())).await.unwrap();
}
