//! Opening a database so that it keeps what was committed: one writer and readers on SQLite, a pool on PostgreSQL.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, SqlxPostgresConnector, SqlxSqliteConnector, Statement};
use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};

use crate::given_up::LOOKED_FOR;
use crate::reserve::Reading;
use crate::watch::Witness;
use crate::{Call, Error, GivenUp, Reserve, wall};

/// How long a caller waits for a free connection.
pub(crate) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long SQLite waits for its write lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long PostgreSQL waits for a row lock.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);
/// How long PostgreSQL lets a transaction sit idle, should its client have hung.
const IDLE_IN_TRANSACTION_TIMEOUT: Duration = Duration::from_secs(30);
const SQLITE_READERS: u32 = 4;
/// So much of a SQLite file is read where the system keeps it, instead of being copied page by page: as much as SQLite lets itself.
const SQLITE_MAPPED: i64 = 0x7fff_0000;
/// For so many connections of the pool one more is kept in reserve.
const POOL_PER_RESERVE: u32 = 4;
/// A connection to PostgreSQL that was idle for longer is asked whether it is still there, which costs a round trip.
pub(crate) const TRUSTED_FOR: Duration = Duration::from_secs(1);

/// Which of the two databases this is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Backend {
    /// One file, one process.
    Sqlite,
    /// A server.
    Postgres,
}

/// Where the data is and how to reach it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `sqlite:///absolute/path.db`, or `postgres://user@host:port/name`.
    pub url: SecretString,
    /// Size of the pool; PostgreSQL only.
    pub max_connections: u32,
    /// The PostgreSQL schema of this service, made by `migrate` when absent.
    pub schema: Option<String>,
    /// The longest a statement may run; PostgreSQL only.
    pub statement_timeout: Duration,
}

impl Settings {
    /// Usual limits for this address.
    pub fn new(url: impl Into<String>) -> Settings {
        Settings {
            url: SecretString::from(url.into()),
            max_connections: 16,
            schema: None,
            statement_timeout: Duration::from_secs(10),
        }
    }
}

/// An open database. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Database {
    backend: Backend,
    pub(crate) writer: DatabaseConnection,
    pub(crate) reader: DatabaseConnection,
    pub(crate) reserve: Reserve,
    given_up: GivenUp,
    schema: Option<String>,
    pub(crate) witness: Witness,
    // Held for its lock: one process per SQLite file.
    _lock: Option<Arc<File>>,
}

impl Database {
    /// Opens the database; refuses a SQLite file that another process has open or that is damaged.
    pub async fn connect(settings: &Settings) -> Result<Database, Error> {
        let url = settings.url.expose_secret();
        if url.starts_with("sqlite:") {
            connect_sqlite(url).await
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            connect_postgres(url, settings).await
        } else {
            Err(refuse("the address must begin with sqlite: or postgres:"))
        }
    }

    /// Which database this is.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// For reads outside a transaction of what belongs to no organization: see [`Database::reader_for`].
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// For the few reads that must be answered though everything else waits for a connection.
    pub fn reserve(&self) -> &Reserve {
        &self.reserve
    }

    /// To be told of calls that are given up, so that none of their statements goes on.
    pub fn given_up(&self) -> &GivenUp {
        &self.given_up
    }

    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    pub(crate) fn schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    /// The database's clock: one clock for all replicas, which is what leases need.
    pub async fn time(&self) -> Result<DateTime<Utc>, Error> {
        time(&self.reader).await
    }

    /// Whether a query can be answered now.
    pub async fn ping(&self) -> Result<(), Error> {
        self.time().await.map(|_| ())
    }

    /// Closes all connections, for every clone.
    pub async fn close(self) {
        // Nothing is left to do about a connection that fails while closing.
        let _ = self.reader.close_by_ref().await;
        self.reserve.close().await;
        let _ = self.writer.close_by_ref().await;
    }
}

/// The database's clock, seen from `connection`.
pub(crate) async fn time(connection: &impl ConnectionTrait) -> Result<DateTime<Utc>, Error> {
    let backend = connection.get_database_backend();
    // Raw: sea-query has neither function. Both move on within a transaction.
    if backend == sea_orm::DbBackend::Sqlite {
        let query = "SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now') AS time";
        let text: String = scalar(connection, query).await?;
        NaiveDateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S%.f")
            .map(|time| time.and_utc())
            .map_err(|error| refuse(&error.to_string()))
    } else {
        scalar(connection, "SELECT clock_timestamp() AS time").await
    }
}

async fn scalar<T: sea_orm::TryGetable>(connection: &impl ConnectionTrait, query: &str) -> Result<T, Error> {
    let statement = Statement::from_string(connection.get_database_backend(), query);
    let row = connection.query_one_raw(statement).await?;
    let row = row.ok_or_else(|| refuse("the database gave no answer"))?;
    Ok(row.try_get_by_index(0)?)
}

async fn connect_sqlite(url: &str) -> Result<Database, Error> {
    let options: SqliteConnectOptions = url.parse().map_err(|_| refuse("not a SQLite address"))?;
    let lock = lock(options.get_filename())?;
    // Made here, as SQLite would let everybody read it; what it makes beside a file has the mode of the file.
    private(options.get_filename())?;
    let options = options.foreign_keys(true).busy_timeout(BUSY_TIMEOUT).disable_statement_logging();
    let writing = options
        .clone()
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    // Connections stay: a new one would only repeat the same pragmas. But one in whose transaction SQLite gave up by itself, as
    // it does when space runs out, counts as still in it. All later commits would end a savepoint only: seen by their writer,
    // by no reader and by no successor. None is asked whether it is still there: none goes away by itself.
    let pool = || {
        SqlitePoolOptions::new()
            .test_before_acquire(false)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .idle_timeout(None)
            .max_lifetime(None)
            .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
    };
    let writer = pool().max_connections(1).connect_with(writing).await?;
    let writer = SqlxSqliteConnector::from_sqlx_sqlite_pool(writer);
    let verdict: String = scalar(&writer, "PRAGMA quick_check(1)").await?;
    if verdict != "ok" {
        return Err(Error::unreadable("sqlite_schema", "quick_check", url, verdict));
    }
    let threads = Reading {
        file: options.get_filename().to_owned(),
        threads: reading_threads(),
        mapped: SQLITE_MAPPED,
        busy_timeout: BUSY_TIMEOUT,
    };
    let reading = options.read_only(true).pragma("mmap_size", SQLITE_MAPPED.to_string());
    let reader = pool().max_connections(SQLITE_READERS).connect_with(reading.clone()).await?;
    let reader = SqlxSqliteConnector::from_sqlx_sqlite_pool(reader);
    let reserve = Reserve::sqlite(pool().max_connections(SQLITE_READERS).connect_lazy_with(reading), threads);
    Ok(Database {
        backend: Backend::Sqlite,
        writer,
        reader,
        reserve,
        // A statement takes a moment, on a thread of its own.
        given_up: GivenUp::default(),
        schema: None,
        witness: Witness::default(),
        _lock: Some(Arc::new(lock)),
    })
}

/// What is read by the mapping is computed: more threads than processors only get into each other's way. Two at least, so that the others
/// go on while one waits for the disk.
fn reading_threads() -> usize {
    std::thread::available_parallelism().map_or(2, |processors| processors.get().clamp(2, 4))
}

fn lock(path: &Path) -> Result<File, Error> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = private(&PathBuf::from(name))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(Error::InUse),
        Err(std::fs::TryLockError::Error(error)) => Err(unavailable(error)),
    }
}

/// The file, its owner's alone when it is made here.
fn private(path: &Path) -> Result<File, Error> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600).open(path).map_err(unavailable)
}

fn unavailable(error: std::io::Error) -> Error {
    Error::from(sqlx::Error::Io(error))
}

async fn connect_postgres(url: &str, settings: &Settings) -> Result<Database, Error> {
    let options: PgConnectOptions = url.parse().map_err(|_| refuse("not a PostgreSQL address"))?;
    let mut options = options.disable_statement_logging().options([
        ("statement_timeout", settings.statement_timeout.as_millis()),
        ("lock_timeout", LOCK_TIMEOUT.as_millis()),
        ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION_TIMEOUT.as_millis()),
        ("client_connection_check_interval", LOOKED_FOR.as_millis()),
    ]);
    // Once for the connection: said at each transaction it would cost a round trip.
    options = options.options([("default_transaction_isolation", "read committed")]);
    if let Some(schema) = &settings.schema {
        if !schema.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
            return Err(refuse("a schema's name has a-z, 0-9 and _ only"));
        }
        options = options.options([("search_path", schema)]);
    }
    // Built here rather than by sea-orm, whose connect span records the whole address, password included.
    let given_up = GivenUp::default();
    let pool = |size| {
        let given_up = given_up.clone();
        let pool =
            PgPoolOptions::new().max_connections(size).acquire_timeout(ACQUIRE_TIMEOUT).test_before_acquire(false);
        let pool = pool.after_release(move |connection, _| {
            let given_up = given_up.clone();
            Box::pin(async move { given_up.judge(connection).await })
        });
        let pool = pool.after_connect(|_, _| {
            Call::begin();
            Box::pin(async { Ok(()) })
        });
        pool.before_acquire(|connection, known| {
            Call::begin();
            Box::pin(async move {
                if known.idle_for >= TRUSTED_FOR {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
    };
    // What is read in reserve joins facts of parties that don't call: it is for everybody, once for the connection.
    let everybody = options.clone().options([(wall::SETTING, wall::EVERYBODY)]);
    let reserve = pool(settings.max_connections.div_ceil(POOL_PER_RESERVE)).connect_lazy_with(everybody);
    let reserve = Reserve::postgres(reserve);
    let pool = pool(settings.max_connections).connect_with(options).await?;
    if let Some(role) = wall::bypassed(&pool).await? {
        return Err(Error::Bypassing(role));
    }
    let pool = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
    Ok(Database {
        backend: Backend::Postgres,
        writer: pool.clone(),
        reader: pool,
        reserve,
        given_up,
        schema: settings.schema.clone(),
        witness: Witness::default(),
        _lock: None,
    })
}

fn refuse(reason: &str) -> Error {
    Error::Other(DbErr::Custom(reason.to_owned()))
}
