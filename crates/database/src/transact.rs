//! One write transaction, run again as a whole when someone else was faster.

use std::sync::Arc;
use std::time::Duration;

use rand::Rng;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};

use crate::{Backend, Database, Error, Told};

const ATTEMPTS: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(10);

/// A running transaction. Owned by the work it is handed to: futures that borrow it are not `Send` for every lifetime,
/// and a gRPC handler's must be.
#[derive(Debug, Clone)]
pub struct Tx(Arc<DatabaseTransaction>);

#[async_trait::async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        self.0.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.0.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.0.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.0.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.0.query_all_raw(statement).await
    }
}

impl Tx {
    /// For what insists on a transaction of sea-orm's own.
    pub(crate) fn inner(&self) -> &DatabaseTransaction {
        &self.0
    }

    /// The transaction, once the work has let go of every clone.
    fn into_inner(self) -> Result<DatabaseTransaction, Error> {
        Arc::try_unwrap(self.0).map_err(|_| Error::Other(DbErr::Custom("a transaction outlived its work".to_owned())))
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
    /// Runs `work` in one write transaction: IMMEDIATE on SQLite, READ COMMITTED on PostgreSQL.
    ///
    /// On contention all of it runs again, at most five times, with jitter. So `work` does database work only.
    pub async fn transact<T, E, Work>(&self, work: impl Fn(Tx) -> Work) -> Result<T, E>
    where
        Work: Future<Output = Result<Step<T>, E>>,
        E: From<Error> + AsDatabaseError,
    {
        let mut attempt = 1;
        loop {
            match self.once(&work).await {
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

    async fn once<T, E, Work>(&self, work: &impl Fn(Tx) -> Work) -> Result<T, E>
    where
        Work: Future<Output = Result<Step<T>, E>>,
        E: From<Error>,
    {
        let tx = self.begin().await?;
        let outcome = work(tx.clone()).await;
        let tx = tx.into_inner()?;
        match outcome {
            Ok(Step::Commit(value)) => {
                tx.commit().await.map_err(Error::from)?;
                Ok(value)
            }
            Ok(Step::Rollback(value)) => {
                tx.rollback().await.map_err(Error::from)?;
                Ok(value)
            }
            Err(error) => {
                // The work's own failure is the one to report; a lost connection rolls back by itself.
                let _ = tx.rollback().await;
                Err(error)
            }
        }
    }

    async fn begin(&self) -> Result<Tx, Error> {
        let options = match self.backend() {
            Backend::Sqlite => TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..Default::default()
            },
            // The connection has its isolation.
            Backend::Postgres => TransactionOptions::default(),
        };
        Ok(Tx(Arc::new(self.writer().begin_with_options(options).await?)))
    }
}

fn contended(error: &impl AsDatabaseError) -> bool {
    matches!(error.as_database_error(), Some(Error::Contended))
}

#[expect(clippy::disallowed_methods, reason = "jitter decides only when to try again, never what is stored")]
fn pause(attempt: u32) -> Duration {
    rand::rng().random_range(Duration::ZERO..FIRST_PAUSE * 2u32.pow(attempt))
}
