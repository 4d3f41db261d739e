//! Failures of the database, sorted by what a caller can do about them.

use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr, SqlErr, SqlxError, SqlxPostgresError};

/// What a caller can act on. Classified by code, never by text.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A guarded write met no row, or the database asked to try again: run the whole change again.
    #[error("someone else changed it first")]
    Contended,
    /// A unique key was taken. The constraint is for logs: SQLite names columns, PostgreSQL the index.
    #[error("duplicate: {constraint}")]
    Duplicate {
        /// What the database says was violated.
        constraint: String,
    },
    /// The database is away, its pool is exhausted, or a time limit passed.
    #[error("the database is unavailable: {0}")]
    Unavailable(#[source] DbErr),
    /// No space is left.
    #[error("the database is full")]
    Full,
    /// A stored value can't be understood.
    #[error("unreadable {table}.{column} in row {row}: {reason}")]
    Unreadable {
        /// The table read.
        table: &'static str,
        /// The column read.
        column: &'static str,
        /// The row's key.
        row: String,
        /// What is wrong with the value.
        reason: String,
    },
    /// Another process has this SQLite file open.
    #[error(
        "another process uses this database: stop it first; a SQLite file serves one process, PostgreSQL serves several"
    )]
    InUse,
    /// This role of PostgreSQL walks past the walls between organizations.
    #[error(
        "the database role {0:?} may bypass row-level security, which keeps organizations apart: connect as a role made with NOSUPERUSER \
         NOBYPASSRLS that owns the database"
    )]
    Bypassing(String),
    /// The schema is older than the program.
    #[error("migrations are pending: {}", .0.join(", "))]
    MigrationsPending(Vec<String>),
    /// Anything else: a defect, not a condition to handle.
    #[error(transparent)]
    Other(DbErr),
}

impl Error {
    /// A value in a row that can't be understood.
    #[expect(clippy::needless_pass_by_value, reason = "callers pass an id or a parser's error as they have it")]
    pub fn unreadable(table: &'static str, column: &'static str, row: impl ToString, reason: impl ToString) -> Error {
        Error::Unreadable { table, column, row: row.to_string(), reason: reason.to_string() }
    }
}

/// Ok when a guarded write changed a row, [`Error::Contended`] when it met none.
pub fn affected(rows: u64) -> Result<(), Error> {
    if rows == 0 { Err(Error::Contended) } else { Ok(()) }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Error {
        if let Some(SqlErr::UniqueConstraintViolation(text)) = error.sql_err() {
            return Error::Duplicate { constraint: constraint(&error).unwrap_or(text) };
        }
        match &error {
            DbErr::RecordNotUpdated => Error::Contended,
            DbErr::ConnectionAcquire(ConnAcquireErr::Timeout | ConnAcquireErr::ConnectionClosed) => {
                Error::Unavailable(error)
            }
            DbErr::Conn(RuntimeErr::SqlxError(cause))
            | DbErr::Exec(RuntimeErr::SqlxError(cause))
            | DbErr::Query(RuntimeErr::SqlxError(cause)) => match kind(cause) {
                Kind::Contended => Error::Contended,
                Kind::Unavailable => Error::Unavailable(error),
                Kind::Full => Error::Full,
                Kind::Other => Error::Other(error),
            },
            _ => Error::Other(error),
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Error {
        Error::from(DbErr::Conn(RuntimeErr::SqlxError(error.into())))
    }
}

enum Kind {
    Contended,
    Unavailable,
    Full,
    Other,
}

fn kind(error: &SqlxError) -> Kind {
    match error {
        SqlxError::Io(_)
        | SqlxError::Tls(_)
        | SqlxError::Protocol(_)
        | SqlxError::PoolTimedOut
        | SqlxError::PoolClosed
        | SqlxError::WorkerCrashed => Kind::Unavailable,
        SqlxError::Database(cause) => {
            let code = cause.code().unwrap_or_default();
            if cause.try_downcast_ref::<SqlxPostgresError>().is_some() {
                postgres(&code)
            } else {
                code.parse().map_or(Kind::Other, sqlite)
            }
        }
        _ => Kind::Other,
    }
}

fn postgres(code: &str) -> Kind {
    match code {
        // serialization failure, deadlock
        "40001" | "40P01" => Kind::Contended,
        // disk full
        "53100" => Kind::Full,
        // lock timeout, statement cancelled by its timeout, idle in transaction, read-only after a switch-over
        "55P03" | "57014" | "25P03" | "25006" => Kind::Unavailable,
        _ if ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class)) => Kind::Unavailable,
        _ => Kind::Other,
    }
}

fn sqlite(code: i32) -> Kind {
    // The low byte is the primary code; the rest tells variants apart.
    match code & 0xff {
        // BUSY, LOCKED
        5 | 6 => Kind::Contended,
        13 => Kind::Full,
        // IOERR, CANTOPEN
        10 | 14 => Kind::Unavailable,
        _ => Kind::Other,
    }
}

/// What a failure of SQLite comes to that did not come by sqlx.
pub(crate) fn sqlite_failure(error: &rusqlite::Error) -> Error {
    let told = DbErr::Custom(error.to_string());
    match error.sqlite_error().map_or(Kind::Other, |failure| sqlite(failure.extended_code)) {
        Kind::Contended => Error::Contended,
        Kind::Unavailable => Error::Unavailable(told),
        Kind::Full => Error::Full,
        Kind::Other => Error::Other(told),
    }
}

/// PostgreSQL's or SQLite's own code for this failure.
pub(crate) fn sqlstate(error: &DbErr) -> Option<String> {
    database_error(error)?.code().map(Into::into)
}

fn constraint(error: &DbErr) -> Option<String> {
    database_error(error)?.constraint().map(str::to_owned)
}

fn database_error(error: &DbErr) -> Option<&dyn sqlx::error::DatabaseError> {
    match error {
        DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => {
            cause.as_database_error()
        }
        _ => None,
    }
}
