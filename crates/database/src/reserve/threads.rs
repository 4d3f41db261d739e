//! Threads that read a SQLite file, each by a connection of its own, for whoever asks next.
//!
//! sqlx has a thread for each connection too, but whoever holds a connection changes threads for the statement, for each row and for its end, and
//! each thread sleeps until the next holder comes. Here all ask by one queue: a thread goes from one read to the next while there are any, and hands
//! over all rows at once (decision 0039).

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::iter;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, PrepFlags, Statement, params_from_iter};
use sea_orm::DbErr;
use tokio::sync::oneshot;

use super::Row;
use crate::Error;
use crate::connect::ACQUIRE_TIMEOUT;
use crate::error::sqlite_failure;

/// As many wait at most: more than there is room for such calls, so that only those that nobody waits for any more fill it.
const QUEUE: usize = 4096;

/// How a file is read.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub(crate) file: PathBuf,
    pub(crate) threads: usize,
    /// Bytes of the file that are read where the system keeps them.
    pub(crate) mapped: i64,
    /// How long a read waits for a lock.
    pub(crate) busy_timeout: Duration,
}

/// The threads, which start with the first read.
pub(super) struct Threads {
    reading: Reading,
    state: Mutex<State>,
}

enum State {
    Idle,
    Running { queue: Sender<Asked>, threads: Vec<JoinHandle<()>> },
    Closed,
}

struct Asked {
    statement: &'static str,
    values: Vec<Value>,
    answer: oneshot::Sender<Result<Vec<Row>, rusqlite::Error>>,
}

impl Threads {
    pub(super) fn new(reading: Reading) -> Arc<Threads> {
        Arc::new(Threads { reading, state: Mutex::new(State::Idle) })
    }

    pub(super) async fn read(&self, statement: &'static str, values: Vec<Value>) -> Result<Vec<Row>, Error> {
        let (answer, answered) = oneshot::channel();
        self.queue()?.try_send(Asked { statement, values, answer }).map_err(|error| match error {
            TrySendError::Full(_) => late(),
            TrySendError::Disconnected(_) => closed(),
        })?;
        match tokio::time::timeout(ACQUIRE_TIMEOUT, answered).await {
            Ok(Ok(rows)) => rows.map_err(|error| sqlite_failure(&error)),
            Ok(Err(_)) => Err(closed()),
            Err(_) => Err(late()),
        }
    }

    fn queue(&self) -> Result<Sender<Asked>, Error> {
        let mut state = self.state();
        if let State::Idle = *state {
            *state = self.start()?;
        }
        match &*state {
            State::Running { queue, .. } => Ok(queue.clone()),
            State::Idle | State::Closed => Err(closed()),
        }
    }

    fn start(&self) -> Result<State, Error> {
        let (queue, asked) = bounded(QUEUE);
        let threads = (0..self.reading.threads).map(|_| {
            let (reading, asked) = (self.reading.clone(), asked.clone());
            thread::Builder::new().name("sqlite-reserve".to_owned()).spawn(move || serve(&reading, &asked))
        });
        let threads = threads.collect::<Result<_, _>>().map_err(|error| Error::from(sqlx::Error::Io(error)))?;
        Ok(State::Running { queue, threads })
    }

    /// Ends the threads, once what was asked is answered.
    pub(super) async fn close(&self) {
        let state = std::mem::replace(&mut *self.state(), State::Closed);
        if let State::Running { queue, threads } = state {
            drop(queue);
            // A thread that panicked has nothing left to end.
            let joined = tokio::task::spawn_blocking(|| threads.into_iter().for_each(|thread| drop(thread.join())));
            let _ = joined.await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Threads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Threads").field("reading", &self.reading).finish_non_exhaustive()
    }
}

fn late() -> Error {
    Error::Unavailable(DbErr::Custom("no thread has answered in time".to_owned()))
}

fn closed() -> Error {
    Error::Unavailable(DbErr::Custom("the database is closed".to_owned()))
}

/// Answers until nobody is left to ask, by a connection that is opened for the first. Who can't open it says so, and tries anew for the next.
fn serve(reading: &Reading, asked: &Receiver<Asked>) {
    while let Ok(first) = asked.recv() {
        match open(reading) {
            Ok(connection) => {
                let all = AssertUnwindSafe(|| answer_all(&connection, iter::once(first).chain(asked)));
                // Whose read it was has no answer; the next has a new connection.
                if catch_unwind(all).is_err() {
                    tracing::error!("a thread that reads for the reserve panicked");
                }
            }
            Err(error) => drop(first.answer.send(Err(error))),
        }
    }
}

fn open(reading: &Reading) -> Result<Connection, rusqlite::Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(&reading.file, flags)?;
    connection.busy_timeout(reading.busy_timeout)?;
    connection.pragma_update(None, "mmap_size", reading.mapped)?;
    Ok(connection)
}

fn answer_all(connection: &Connection, asked: impl Iterator<Item = Asked>) {
    let mut prepared = HashMap::new();
    for Asked { statement, values, answer } in asked {
        // Nobody waits for it any more.
        if !answer.is_closed() {
            let _ = answer.send(read(connection, &mut prepared, statement, values));
        }
    }
}

fn read<'c>(
    connection: &'c Connection,
    // By where the text stands, which takes no reading of it; there are few.
    prepared: &mut HashMap<(*const u8, usize), Statement<'c>>,
    statement: &'static str,
    values: Vec<Value>,
) -> Result<Vec<Row>, rusqlite::Error> {
    let statement = match prepared.entry((statement.as_ptr(), statement.len())) {
        Entry::Occupied(there) => there.into_mut(),
        Entry::Vacant(place) => {
            place.insert(connection.prepare_with_flags(statement, PrepFlags::SQLITE_PREPARE_PERSISTENT)?)
        }
    };
    let columns = statement.column_count();
    let rows = statement.query_map(params_from_iter(values), |row| (0..columns).map(|at| row.get(at)).collect())?;
    rows.map(|columns| columns.map(Row::sqlite)).collect()
}
