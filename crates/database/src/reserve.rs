//! Connections for single reads that must be answered though everything else waits: they share these with nobody.
//!
//! sqlx asks each connection that comes back to its pool whether it is still there: one more round trip for each read. So a connection whose read was answered stays out here for the next one; any other goes back and is asked.

mod row;
mod threads;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::SecondsFormat;
use rusqlite::types::Value as Cell;
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, SqlxError, Statement, Value, Values,
};
use sea_query_sqlx::SqlxValues;
use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Executor, IntoArguments, Pool, Postgres, SqlSafeStr, Sqlite};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::connect::{ACQUIRE_TIMEOUT, TRUSTED_FOR};
use crate::watch::Witness;
use crate::{Call, Error};
pub(crate) use threads::Reading;
use threads::Threads;

pub use row::{FromColumn, Row};

/// For so long a connection stays out at a time; the pool ends those that are too old.
const OUT_FOR: Duration = Duration::from_secs(60);

/// Connections in reserve. Clones share them.
#[derive(Clone, Debug)]
pub struct Reserve {
    of: Of,
    pub(crate) witness: Witness,
}

#[derive(Clone, Debug)]
enum Of {
    Sqlite(Arc<Kept<Sqlite>>, Arc<Threads>),
    Postgres(Arc<Kept<Postgres>>),
}

/// A pool, and those of its connections that stay out.
struct Kept<DB: sqlx::Database> {
    pool: Pool<DB>,
    /// As much as the pool has: whoever is let in finds a connection in one place or the other.
    room: Semaphore,
    /// None once closed.
    out: Mutex<Option<Vec<Out<DB>>>>,
}

struct Out<DB: sqlx::Database> {
    connection: PoolConnection<DB>,
    taken: Instant,
    answered: Instant,
}

impl Reserve {
    pub(crate) fn sqlite(pool: Pool<Sqlite>, reading: Reading) -> Reserve {
        Reserve::of(Of::Sqlite(Arc::new(Kept::of(pool)), Threads::new(reading)))
    }

    pub(crate) fn postgres(pool: Pool<Postgres>) -> Reserve {
        Reserve::of(Of::Postgres(Arc::new(Kept::of(pool))))
    }

    fn of(of: Of) -> Reserve {
        Reserve { of, witness: Witness::default() }
    }

    /// What one statement reads, whose placeholders are `?1` on SQLite and `$1` on PostgreSQL.
    pub async fn rows(&self, statement: &'static str, values: Vec<Value>) -> Result<Vec<Row>, Error> {
        let kept = match &self.of {
            Of::Sqlite(_, threads) => {
                let values = values.into_iter().map(cell).collect::<Result<_, _>>()?;
                return self.witness.witnessed(statement, threads.read(statement, values)).await;
            }
            Of::Postgres(kept) => kept,
        };
        let read = kept.read(statement, Some(Values(values)));
        Ok(self.witness.witnessed(statement, read).await?.into_iter().map(Row::from).collect())
    }

    /// Closes all connections, once their reads are answered.
    pub(crate) async fn close(&self) {
        match &self.of {
            Of::Sqlite(kept, threads) => {
                threads.close().await;
                kept.close().await;
            }
            Of::Postgres(kept) => kept.close().await,
        }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Reserve {
    fn get_database_backend(&self) -> DbBackend {
        match &self.of {
            Of::Sqlite(..) => DbBackend::Sqlite,
            Of::Postgres(_) => DbBackend::Postgres,
        }
    }

    async fn execute_raw(&self, _: Statement) -> Result<ExecResult, DbErr> {
        Err(reads_only())
    }

    async fn execute_unprepared(&self, _: &str) -> Result<ExecResult, DbErr> {
        Err(reads_only())
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_all_raw(statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let text = self.witness.text(&statement);
        let query = AssertSqlSafe(statement.sql);
        match &self.of {
            Of::Sqlite(kept, _) => self.witness.witnessed(&text, kept.read(query, statement.values)).await,
            Of::Postgres(kept) => self.witness.witnessed(&text, kept.read(query, statement.values)).await,
        }
    }
}

fn reads_only() -> DbErr {
    DbErr::Custom("the reserve is for reads".to_owned())
}

impl<DB: sqlx::Database> Kept<DB> {
    fn of(pool: Pool<DB>) -> Kept<DB> {
        let room = usize::try_from(pool.options().get_max_connections()).unwrap_or(1);
        Kept { pool, room: Semaphore::new(room), out: Mutex::new(Some(Vec::new())) }
    }

    async fn read(&self, statement: impl SqlSafeStr, values: Option<Values>) -> Result<Vec<QueryResult>, DbErr>
    where
        SqlxValues: IntoArguments<DB>,
        for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
        QueryResult: From<DB::Row>,
    {
        // Given back after the connection: whoever is let in next finds it.
        let _permit = self.enter().await.map_err(unavailable)?;
        let mut out = self.take().await.map_err(unavailable)?;
        let query = sqlx::query_with(statement, SqlxValues(values.unwrap_or(Values(Vec::new()))));
        // Should this fail, or be dropped on the way, the connection goes back to its pool.
        let rows = query.fetch_all(&mut *out.connection).await.map_err(failed)?;
        out.answered = Instant::now();
        self.keep(out);
        Ok(rows.into_iter().map(QueryResult::from).collect())
    }

    async fn enter(&self) -> Result<SemaphorePermit<'_>, SqlxError> {
        if let Ok(permit) = self.room.try_acquire() {
            return Ok(permit);
        }
        let entered = tokio::time::timeout(ACQUIRE_TIMEOUT, self.room.acquire()).await;
        entered.map_err(|_| SqlxError::PoolTimedOut)?.map_err(|_| SqlxError::PoolClosed)
    }

    async fn take(&self) -> Result<Out<DB>, SqlxError> {
        let last = self.out.lock().unwrap_or_else(PoisonError::into_inner).as_mut().and_then(Vec::pop);
        let fit = |out: &Out<DB>| out.answered.elapsed() < TRUSTED_FOR && out.taken.elapsed() < OUT_FOR;
        if let Some(out) = last.filter(fit) {
            Call::begin();
            return Ok(out);
        }
        let connection = self.pool.acquire().await?;
        let now = Instant::now();
        Ok(Out { connection, taken: now, answered: now })
    }

    fn keep(&self, connection: Out<DB>) {
        if let Some(out) = self.out.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            out.push(connection);
        }
    }

    async fn close(&self) {
        drop(self.out.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.pool.close().await;
    }
}

impl<DB: sqlx::Database> fmt::Debug for Kept<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").finish_non_exhaustive()
    }
}

/// A value as sqlx writes it.
fn cell(value: Value) -> Result<Cell, Error> {
    Ok(match value {
        Value::Uuid(Some(id)) => Cell::Blob(id.as_bytes().to_vec()),
        Value::ChronoDateTimeUtc(Some(time)) => Cell::Text(time.to_rfc3339_opts(SecondsFormat::AutoSi, false)),
        Value::BigInt(Some(number)) => Cell::Integer(number),
        Value::String(Some(text)) => Cell::Text(text),
        other => return Err(Error::Other(DbErr::Type(format!("no read takes {other:?}")))),
    })
}

pub(crate) fn unavailable(error: SqlxError) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(error.into()))
}

pub(crate) fn failed(error: SqlxError) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(error.into()))
}
