//! F16 and F17: a migrator that is killed at any of its steps, and several at once, on PostgreSQL.

use std::time::Instant;

use secrecy::ExposeSecret as _;
use sqlx::{Connection as _, PgConnection};
use testkit::TestDatabase;

use crate::program::{LIMIT, Place, Process, SERVICES};

/// As many at once as a release that goes wrong may have.
const MIGRATORS: usize = 4;
/// Steps at which one is killed with every change: the first of the shared tables, one amid them, and the service's own.
const FEW: [&str; 3] = ["lease", "outbox", "organization"];

const TABLES: &str = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename";
const APPLIED: &str = "SELECT version FROM enrollment_migrations ORDER BY version";
/// A migrator waits for somebody's lock.
const WAITS: &str =
    "SELECT 'yes' FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";

fn fresh(runtime: &tokio::runtime::Runtime, service: &str) -> Option<(TestDatabase, Place, String)> {
    let database = runtime.block_on(testkit::postgres())?;
    let url = database.settings.url.expose_secret().to_owned();
    let mut place = Place::new();
    place.set(&format!("LINKAGE_{}__DATABASE", service.to_uppercase()), &url);
    Some((database, place, url))
}

/// Kills a migrator when it has come to this table, and lets another finish.
fn killed_at(runtime: &tokio::runtime::Runtime, service: &str, table: &str) -> Option<()> {
    let (_database, place, url) = fresh(runtime, service)?;
    // Whoever makes the same table meanwhile waits for this one to be made, or not.
    let mut holder = runtime.block_on(PgConnection::connect(&url)).expect("a connection");
    let mut hold = |sql: String| {
        runtime.block_on(sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut holder)).expect("a statement");
    };
    hold(format!("BEGIN; CREATE TABLE \"{table}\" (held text)"));
    let mut migrator = Process::start(place.command(&["migrate", service]));
    let began = Instant::now();
    while testkit::ask(&url, WAITS).is_empty() {
        assert!(began.elapsed() < LIMIT, "it never comes to {table}");
        std::thread::yield_now();
    }
    migrator.kill();
    hold("ROLLBACK".to_owned());
    // A minute after its last sign of life it counts as dead.
    testkit::ask(&url, "UPDATE migration_lock SET until = now() - interval '1 minute'");
    let ended = place.run(&["migrate", service]);
    assert_eq!(ended.code, Some(0), "killed at {table}: {}{}", ended.out, ended.err);
    let again = place.run(&["migrate", service]);
    assert!(again.out.contains("up to date"), "killed at {table}: {}{}", again.out, again.err);
    Some(())
}

#[test]
fn f16_a_migrator_that_is_killed_leaves_nothing_that_the_next_stumbles_over() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for table in FEW {
        if killed_at(&runtime, "enrollment", table).is_none() {
            return;
        }
    }
}

/// The same at every table of every service: `cargo test --workspace --test processes -- --ignored f16 --nocapture`.
#[test]
#[ignore = "takes minutes"]
#[expect(clippy::print_stdout, reason = "a run tells what it has tried")]
fn f16_a_migrator_killed_at_each_step_leaves_nothing_either() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for service in SERVICES {
        let Some((_database, place, url)) = fresh(&runtime, service) else { return };
        let ended = place.run(&["migrate", service]);
        assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
        // What is kept of migrating itself is made before there is anything to kill.
        let kept = [format!("{service}_migrations"), "migration_lock".to_owned()];
        let tables: Vec<_> = testkit::ask(&url, TABLES).into_iter().filter(|table| !kept.contains(table)).collect();
        for table in &tables {
            killed_at(&runtime, service, table);
        }
        println!("{service}: killed at each of {} tables", tables.len());
    }
}

#[test]
fn f17_several_migrators_at_once_do_the_work_once() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let Some((_database, place, url)) = fresh(&runtime, "enrollment") else { return };
    let started = || Process::start(place.command(&["migrate", "enrollment"]));
    let mut migrators: Vec<_> = (0..MIGRATORS).map(|_| started()).collect();
    let mut told = String::new();
    for migrator in &mut migrators {
        let ended = migrator.end();
        assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
        told.push_str(&ended.out);
    }
    for name in testkit::ask(&url, APPLIED) {
        assert_eq!(told.matches(&name).count(), 1, "{name} was applied by one:\n{told}");
    }
    let serving = place.serve(&["enrollment", "--simulation"]);
    drop(serving);
}
