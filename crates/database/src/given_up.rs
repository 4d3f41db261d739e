//! Statements that their calls left behind. A call that is given up takes its future with it, but PostgreSQL works on, for nobody, and the
//! connection waits for it. So for a moment after a call was given up that had a connection, those that come back must answer at once, or they are
//! cut; PostgreSQL looks now and then whether its client is still there, and else ends the statement and its transaction.
//!
//! Nothing is asked while no such call is given up: that would cost each call a round trip. Nobody brings it about by calls that end before
//! they come to the database.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
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

tokio::task_local! {
    /// Whether the call that is worked on has had a connection.
    static BEGUN: Arc<AtomicBool>;
}

/// A call under way: given up when it is dropped before it is answered.
#[derive(Debug)]
pub struct Call {
    given_up: GivenUp,
    begun: Arc<AtomicBool>,
    answered: bool,
}

/// When a call was last given up. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct GivenUp(Arc<Mutex<Option<Instant>>>);

impl Call {
    /// Work on this call.
    pub fn work<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        BEGUN.scope(Arc::clone(&self.begun), work)
    }

    /// It is answered, and leaves nothing behind.
    pub fn answered(mut self) {
        self.answered = true;
    }

    /// The call that is worked on here, if any, has a connection from now on.
    pub fn begin() {
        // Work that is nobody's call is given up by nobody.
        let _ = BEGUN.try_with(|begun| begun.store(true, Ordering::Relaxed));
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if !self.answered && self.begun.load(Ordering::Relaxed) {
            self.given_up.note();
        }
    }
}

impl GivenUp {
    /// A call. It must be dropped before its work is.
    pub fn call(&self) -> Call {
        Call { given_up: self.clone(), begun: Arc::default(), answered: false }
    }

    fn note(&self) {
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
