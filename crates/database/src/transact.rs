//! One write transaction, run again as a whole when someone else was faster.

use std::time::Duration;

use rand::Rng;
use sea_orm::{DatabaseTransaction, IsolationLevel, SqliteTransactionMode, TransactionOptions, TransactionTrait};

use crate::{Backend, Database, Error};

const ATTEMPTS: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(10);

/// A running transaction.
pub type Tx = DatabaseTransaction;

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
    pub async fn transact<T, E>(&self, work: impl AsyncFn(&Tx) -> Result<Step<T>, E>) -> Result<T, E>
    where
        E: From<Error> + AsDatabaseError,
    {
        let mut attempt = 1;
        loop {
            match self.once(&work).await {
                Err(error) if attempt < ATTEMPTS && contended(&error) => {
                    tokio::time::sleep(pause(attempt)).await;
                    attempt += 1;
                }
                result => return result,
            }
        }
    }

    async fn once<T, E>(&self, work: &impl AsyncFn(&Tx) -> Result<Step<T>, E>) -> Result<T, E>
    where
        E: From<Error>,
    {
        let tx = self.begin().await?;
        match work(&tx).await {
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
            Backend::Postgres => {
                TransactionOptions { isolation_level: Some(IsolationLevel::ReadCommitted), ..Default::default() }
            }
        };
        Ok(self.writer().begin_with_options(options).await?)
    }
}

fn contended(error: &impl AsDatabaseError) -> bool {
    matches!(error.as_database_error(), Some(Error::Contended))
}

#[expect(clippy::disallowed_methods, reason = "jitter decides only when to try again, never what is stored")]
fn pause(attempt: u32) -> Duration {
    rand::rng().random_range(Duration::ZERO..FIRST_PAUSE * 2u32.pow(attempt))
}
