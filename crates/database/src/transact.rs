//! One write transaction, run again as a whole when someone else was faster.

use std::sync::Arc;
use std::time::Duration;

use rand::Rng;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};

use crate::wall::{self, Walled};
use crate::{Backend, Database, Error, Scope, Told};

const ATTEMPTS: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(10);

/// A running transaction. Owned by the work it is handed to: futures that borrow it are not `Send` for every lifetime,
/// and a gRPC handler's must be.
#[derive(Debug, Clone)]
pub struct Tx(Arc<Running>);

#[derive(Debug)]
enum Running {
    Orm(DatabaseTransaction),
    Walled(Walled),
}

/// What a transaction is begun for.
#[derive(Debug, Clone, Copy)]
enum Purpose {
    /// What belongs to no organization.
    Own,
    /// What this scope may touch.
    Scope(Scope),
    /// The schema, and whatever is in it.
    Migration,
}

#[async_trait::async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        match &*self.0 {
            Running::Orm(tx) => tx.get_database_backend(),
            Running::Walled(tx) => tx.get_database_backend(),
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match &*self.0 {
            Running::Orm(tx) => tx.execute_raw(statement).await,
            Running::Walled(tx) => tx.execute_raw(statement).await,
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match &*self.0 {
            Running::Orm(tx) => tx.execute_unprepared(sql).await,
            Running::Walled(tx) => tx.execute_unprepared(sql).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match &*self.0 {
            Running::Orm(tx) => tx.query_one_raw(statement).await,
            Running::Walled(tx) => tx.query_one_raw(statement).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match &*self.0 {
            Running::Orm(tx) => tx.query_all_raw(statement).await,
            Running::Walled(tx) => tx.query_all_raw(statement).await,
        }
    }
}

impl Tx {
    /// For migrations, which insist on a transaction of sea-orm's own.
    pub(crate) fn of_migration(&self) -> Result<&DatabaseTransaction, Error> {
        match &*self.0 {
            Running::Orm(tx) => Ok(tx),
            Running::Walled(_) => Err(Error::Other(DbErr::Custom("not a migration's transaction".to_owned()))),
        }
    }

    /// The transaction, once the work has let go of every clone.
    fn into_inner(self) -> Result<Running, Error> {
        Arc::try_unwrap(self.0).map_err(|_| Error::Other(DbErr::Custom("a transaction outlived its work".to_owned())))
    }
}

impl Running {
    async fn commit(self) -> Result<(), Error> {
        let ended = match self {
            Running::Orm(tx) => tx.commit().await,
            Running::Walled(tx) => tx.commit().await,
        };
        ended.map_err(Error::from)
    }

    async fn rollback(self) -> Result<(), Error> {
        let ended = match self {
            Running::Orm(tx) => tx.rollback().await,
            Running::Walled(tx) => tx.rollback().await,
        };
        ended.map_err(Error::from)
    }
}

/// What the work wants done with its transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<T> {
    /// Keep the changes.
    Commit(T),
    /// Drop the changes; the value is still the answer.
    Rollback(T),
}

/// Lets [`Database::transact`] see a contention inside a caller's own error type.
pub trait AsDatabaseError {
    /// The database's failure, when this is one.
    fn as_database_error(&self) -> Option<&Error>;
}

impl AsDatabaseError for Error {
    fn as_database_error(&self) -> Option<&Error> {
        Some(self)
    }
}

impl Database {
    /// Runs `work` in one write transaction: IMMEDIATE on SQLite, READ COMMITTED on PostgreSQL. It sees no row that organizations are
    /// parties to, where the database keeps to that: see [`Database::transact_for`].
    ///
    /// On contention all of it runs again, at most five times, with jitter. So `work` does database work only.
    pub async fn transact<T, E, Work>(&self, work: impl Fn(Tx) -> Work) -> Result<T, E>
    where
        Work: Future<Output = Result<Step<T>, E>>,
        E: From<Error> + AsDatabaseError,
    {
        self.run(Purpose::Own, work).await
    }

    /// The same, on somebody's behalf: PostgreSQL shows it what this scope may touch, and nothing else.
    pub async fn transact_for<T, E, Work>(&self, scope: Scope, work: impl Fn(Tx) -> Work) -> Result<T, E>
    where
        Work: Future<Output = Result<Step<T>, E>>,
        E: From<Error> + AsDatabaseError,
    {
        self.run(Purpose::Scope(scope), work).await
    }

    /// The same, for a migration.
    pub(crate) async fn migrate<T, Work>(&self, work: impl Fn(Tx) -> Work) -> Result<T, Error>
    where
        Work: Future<Output = Result<Step<T>, Error>>,
    {
        self.run(Purpose::Migration, work).await
    }

    async fn run<T, E, Work>(&self, purpose: Purpose, work: impl Fn(Tx) -> Work) -> Result<T, E>
    where
        Work: Future<Output = Result<Step<T>, E>>,
        E: From<Error> + AsDatabaseError,
    {
        let mut attempt = 1;
        loop {
            match self.once(purpose, &work).await {
                Err(error) if attempt < ATTEMPTS && contended(&error) => {
                    tracing::debug!(attempt, "contended, running again");
                    self.witness.tell(&Told::Retry);
                    tokio::time::sleep(pause(attempt)).await;
                    attempt += 1;
                }
                result => return result,
            }
        }
    }

    async fn once<T, E, Work>(&self, purpose: Purpose, work: &impl Fn(Tx) -> Work) -> Result<T, E>
    where
        Work: Future<Output = Result<Step<T>, E>>,
        E: From<Error>,
    {
        let tx = self.begin(purpose).await?;
        let outcome = work(tx.clone()).await;
        let tx = tx.into_inner()?;
        match outcome {
            Ok(Step::Commit(value)) => {
                tx.commit().await?;
                Ok(value)
            }
            Ok(Step::Rollback(value)) => {
                tx.rollback().await?;
                Ok(value)
            }
            Err(error) => {
                // The work's own failure is the one to report; a lost connection rolls back by itself.
                let _ = tx.rollback().await;
                Err(error)
            }
        }
    }

    async fn begin(&self, purpose: Purpose) -> Result<Tx, Error> {
        let running = match (self.backend(), purpose) {
            (Backend::Sqlite, _) => {
                let sqlite_transaction_mode = Some(SqliteTransactionMode::Immediate);
                let options = TransactionOptions { sqlite_transaction_mode, ..Default::default() };
                Running::Orm(self.writer().begin_with_options(options).await?)
            }
            // The connection has its isolation.
            (Backend::Postgres, Purpose::Own) => Running::Walled(self.walled(None).await?),
            (Backend::Postgres, Purpose::Scope(scope)) => Running::Walled(self.walled(Some(scope)).await?),
            (Backend::Postgres, Purpose::Migration) => {
                let tx = self.writer().begin().await?;
                tx.execute_unprepared(&format!("SET LOCAL {} = '{}'", wall::SETTING, wall::EVERYBODY)).await?;
                Running::Orm(tx)
            }
        };
        Ok(Tx(Arc::new(running)))
    }

    async fn walled(&self, scope: Option<Scope>) -> Result<Walled, Error> {
        Ok(Walled::begin(self.writer().get_postgres_connection_pool(), scope, &self.witness).await?)
    }
}

fn contended(error: &impl AsDatabaseError) -> bool {
    matches!(error.as_database_error(), Some(Error::Contended))
}

#[expect(clippy::disallowed_methods, reason = "jitter decides only when to try again, never what is stored")]
fn pause(attempt: u32) -> Duration {
    rand::rng().random_range(Duration::ZERO..FIRST_PAUSE * 2u32.pow(attempt))
}
