//! Dev only: an empty database for each test on every backend. SQLite always; PostgreSQL when one can be reached or started.
//!
//! `LINKAGE_TEST_POSTGRES` names a server on which databases may be created, by a role that no row-level security lets past; without it a private cluster is started and
//! goes away with the test process. There must be a role `linkage_serving`, too, which owns nothing. `LINKAGE_REQUIRE_POSTGRES=1` turns a missing PostgreSQL into a failure.
#![expect(clippy::panic, reason = "a test that can't have its database fails at once")]

mod ask;
mod authority;
mod cluster;
mod dump;
mod durable;
mod postgres;

use std::{
    env,
    io::Write,
    sync::{Arc, LazyLock},
    thread,
    time::Duration,
};

use tempfile::TempDir;

pub use crate::authority::{Authority, Certified, TlsFiles};
pub use crate::dump::Table;
pub use crate::durable::Durable;
use crate::postgres::Server;

/// One empty database, gone when dropped.
pub struct TestDatabase {
    /// `sqlite` or `postgres`.
    pub name: &'static str,
    /// What `database::Database::connect` takes.
    pub settings: database::Settings,
    place: Place,
}

enum Place {
    Folder { _kept: TempDir },
    Server(Arc<postgres::Created>),
}

/// An empty database on each backend at hand.
pub async fn databases() -> Vec<TestDatabase> {
    let mut all = vec![sqlite()];
    all.extend(postgres().await);
    all
}

/// An empty SQLite database, for what doesn't depend on the backend.
pub fn sqlite() -> TestDatabase {
    let folder = tempfile::Builder::new().prefix("linkage-test-").tempdir();
    let folder = folder.unwrap_or_else(|error| panic!("no folder for a test database: {error}"));
    let url = format!("sqlite://{}", folder.path().join("test.db").display());
    TestDatabase { name: "sqlite", settings: settings(url), place: Place::Folder { _kept: folder } }
}

/// An empty PostgreSQL database, or none when there is no server.
pub async fn postgres() -> Option<TestDatabase> {
    let server = SERVER.as_ref()?;
    let created = server.create().await.unwrap_or_else(|error| panic!("no PostgreSQL database for a test: {error:#}"));
    let settings = settings(created.url().to_owned());
    Some(TestDatabase { name: "postgres", settings, place: Place::Server(Arc::new(created)) })
}

impl TestDatabase {
    /// Another empty database of the same backend, for a suite that keeps several. On PostgreSQL it is a schema of its own
    /// beside the first: nothing that is asked of a database can tell, and no file is copied for it.
    pub async fn another(&self) -> TestDatabase {
        let Place::Server(created) = &self.place else { return sqlite() };
        let url = created.schema().await.unwrap_or_else(|error| panic!("no PostgreSQL schema for a test: {error:#}"));
        TestDatabase { name: self.name, settings: settings(url), place: Place::Server(Arc::clone(created)) }
    }
}

/// A cluster of one test's own that keeps what it committed; none where PostgreSQL's programs are not installed.
pub fn durable() -> Option<Durable> {
    match Durable::start() {
        Ok(durable) => Some(durable),
        Err(error) => missing(&error),
    }
}

/// The role that serves where another one owns the tables.
pub const SERVING: &str = "linkage_serving";

/// The same database of PostgreSQL by the role [`SERVING`].
pub fn serving(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
    let place = rest.split_once('@').map_or(rest, |(_, place)| place);
    format!("{scheme}://{SERVING}@{place}")
}

/// What a query says of a database that something else may have open: the first column of each row, as text.
pub fn ask(url: &str, query: &str) -> Vec<String> {
    ask::ask(url, query).unwrap_or_else(|error| panic!("{query}: {error:#}"))
}

/// The same of PostgreSQL, as it is shown to this organization; to nobody where it is empty.
pub fn ask_for(url: &str, organization: &str, query: &str) -> Vec<String> {
    ask::ask_for(url, organization, query).unwrap_or_else(|error| panic!("{query}: {error:#}"))
}

/// Everything a database holds: each table, and its rows as text.
pub fn dump(url: &str) -> Vec<Table> {
    dump::dump(url).unwrap_or_else(|error| panic!("the database can't be dumped: {error:#}"))
}

/// Runs a test's body once per backend; a panic is told with the backend's name.
pub async fn on_every_database(body: impl AsyncFn(TestDatabase)) {
    for database in databases().await {
        let _told = Told(database.name);
        body(database).await;
    }
}

struct Told(&'static str);

impl Drop for Told {
    #[expect(clippy::print_stderr, reason = "belongs to the failed test's captured output")]
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("failed on {}", self.0);
        }
    }
}

static SERVER: LazyLock<Option<Server>> = LazyLock::new(|| match Server::find() {
    Ok(server) => Some(server),
    Err(error) => missing(&error),
});

/// No PostgreSQL: left out, unless it is required.
fn missing<T>(error: &anyhow::Error) -> Option<T> {
    if env::var_os("LINKAGE_REQUIRE_POSTGRES").is_some_and(|value| value == "1") {
        panic!("PostgreSQL is required, but: {error:#}");
    }
    // Past the capture of the test harness: a half that did not run must be seen.
    let _ = writeln!(std::io::stderr(), "PostgreSQL left out: {error:#}");
    None
}

fn settings(url: String) -> database::Settings {
    database::Settings { url: url.into(), max_connections: 8, schema: None, statement_timeout: Duration::from_secs(10) }
}
