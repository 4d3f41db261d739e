//! Statements that their calls left behind. A call that is given up takes its future with it, but PostgreSQL works on, for nobody, and the
//! connection waits for it. So for a moment after a call was given up, connections that come back must answer at once, or they are cut;
//! PostgreSQL looks now and then whether its client is still there, and else ends the statement and its transaction.
//!
//! Nothing is asked while no call is given up: that would cost each call a round trip.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnection;
use sqlx::{Connection, Error};

/// For so long connections that come back are asked.
const WATCHED: Duration = Duration::from_secs(1);
/// So much time they have to answer.
const PATIENCE: Duration = Duration::from_millis(250);
/// How often PostgreSQL looks whether the client of a statement is still there.
pub(crate) const LOOKED_FOR: Duration = Duration::from_millis(250);

/// When a call was last given up. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct GivenUp(Arc<Mutex<Option<Instant>>>);

impl GivenUp {
    /// Notes that a call is given up. To be told before its future is dropped.
    pub fn note(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Whether one was a moment ago.
    pub fn lately(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|last| last.elapsed() < WATCHED)
    }

    /// Refuses a connection that comes back in the middle of a statement.
    pub(crate) async fn judge(&self, connection: &mut PgConnection) -> Result<bool, Error> {
        if !self.lately() {
            return Ok(true);
        }
        match tokio::time::timeout(PATIENCE, connection.ping()).await {
            Ok(answered) => answered.map(|()| true),
            Err(_) => Err(Error::Protocol("cut: its statement outlived its call".to_owned())),
        }
    }
}
