//! What a database tells of its work to whoever measures it.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sea_orm::Statement;

use crate::{Backend, Database};

/// Something that happened.
#[derive(Debug)]
pub enum Told<'a> {
    /// A statement came to its end.
    Statement {
        /// Its text; the values are bound to it, and not in it.
        text: &'a str,
        /// How long it took.
        elapsed: Duration,
        /// Whether the database refused it.
        failed: bool,
    },
    /// A transaction is run again.
    Retry,
}

type Listener = dyn Fn(&Told<'_>) + Send + Sync;

/// Who is told; nobody unless somebody asks.
#[derive(Clone, Default)]
pub(crate) struct Witness(Option<Arc<Listener>>);

/// The connections that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool {
    /// As many as there may be.
    pub most: u32,
    /// Those that wait for work.
    pub idle: u32,
    /// Those at work.
    pub used: u32,
}

impl Witness {
    pub(crate) fn is_there(&self) -> bool {
        self.0.is_some()
    }

    pub(crate) fn tell(&self, told: &Told<'_>) {
        if let Some(witness) = &self.0 {
            witness(told);
        }
    }
}

impl Witness {
    /// The same, of which the witness is told.
    pub(crate) async fn witnessed<T, E>(&self, text: &str, work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        if !self.is_there() {
            return work.await;
        }
        let began = Instant::now();
        let done = work.await;
        self.tell(&Told::Statement { text, elapsed: began.elapsed(), failed: done.is_err() });
        done
    }

    /// A statement's text, where somebody is told of it.
    pub(crate) fn text(&self, statement: &Statement) -> String {
        if self.is_there() { statement.sql.clone() } else { String::new() }
    }
}

impl fmt::Debug for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Witness").field(&self.0.is_some()).finish()
    }
}

impl Database {
    /// The same database, which tells of its work. Clones made before stay silent.
    #[must_use]
    pub fn watched(mut self, witness: impl Fn(&Told<'_>) + Send + Sync + 'static) -> Database {
        let witness = Witness(Some(Arc::new(witness)));
        for connection in [&mut self.writer, &mut self.reader] {
            let witness = witness.clone();
            connection.set_metric_callback(move |info| {
                let text = info.statement.sql.as_str();
                witness.tell(&Told::Statement { text, elapsed: info.elapsed, failed: info.failed });
            });
        }
        self.reserve.witness = witness.clone();
        self.witness = witness;
        self
    }

    /// The connections of the pool; of SQLite those that read.
    pub fn pool(&self) -> Pool {
        let (most, size, idle) = match self.backend() {
            Backend::Sqlite => {
                let pool = self.reader.get_sqlite_connection_pool();
                (pool.options().get_max_connections(), pool.size(), pool.num_idle())
            }
            Backend::Postgres => {
                let pool = self.reader.get_postgres_connection_pool();
                (pool.options().get_max_connections(), pool.size(), pool.num_idle())
            }
        };
        let idle = u32::try_from(idle).unwrap_or(size);
        Pool { most, idle, used: size.saturating_sub(idle) }
    }
}
