//! The second belt around organizations' rows. On PostgreSQL the database itself shows a transaction no rows but those of whom it is for, whatever a
//! statement forgot to ask; who has not said whom it is for sees none.
//!
//! Whom it is for ends with the transaction, so that no connection carries it to the next caller. Hence reads have one each: what it costs is that its
//! beginning is a round trip before the statement; its end goes along with the question that a connection is asked which comes back to its pool.

use std::fmt;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, Statement, Values};
use sea_orm_migration::SchemaManager;
use sea_query_sqlx::SqlxValues;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgPool, PgTransactionManager};
use sqlx::{AssertSqlSafe, Postgres, SqlSafeStr};
use sqlx_core::transaction::TransactionManager;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::reserve::{failed, unavailable};
use crate::watch::Witness;
use crate::{Backend, Database, Error, Scope};

/// Says whom a transaction is for.
pub(crate) const SETTING: &str = "linkage.organization";
/// Whom no row is hidden from. No organization has this id.
pub const EVERYBODY: Uuid = Uuid::nil();

/// Hides this table's rows from all but the parties that these columns name. PostgreSQL only.
pub async fn raise(manager: &SchemaManager<'_>, table: &str, parties: &[&str]) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    // Raw: sea-query has no policies. The setting is asked for each row, and not in a query of its own once for all: those few that most statements
    // come to cost less. Where a transaction was before that was for somebody, it is empty and not absent.
    let statement = format!(
        "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; \
         ALTER TABLE {table} FORCE ROW LEVEL SECURITY; \
         CREATE POLICY parties ON {table} USING (CASE current_setting('{SETTING}', true) \
         WHEN '{EVERYBODY}' THEN true \
         WHEN '' THEN false \
         ELSE CAST(current_setting('{SETTING}', true) AS uuid) IN ({}) END)",
        parties.join(", ")
    );
    manager.get_connection().execute_unprepared(&statement).await?;
    Ok(())
}

/// Whether the role that is connected walks past all this.
pub(crate) async fn bypassed(pool: &PgPool) -> Result<Option<String>, Error> {
    let query =
        "SELECT CAST(rolname AS text) FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)";
    Ok(sqlx::query_scalar(query).fetch_optional(pool).await?)
}

impl Scope {
    /// What the setting is for it.
    pub(crate) fn wall(self) -> Uuid {
        match self {
            Scope::Organization(own) => own.uuid(),
            Scope::Operator | Scope::Peer | Scope::Link => EVERYBODY,
        }
    }
}

impl Database {
    /// For reads outside a transaction, of rows that organizations are parties to.
    pub fn reader_for(&self, scope: Scope) -> Reader {
        Reader(match self.backend() {
            Backend::Sqlite => Of::Sqlite(self.reader.clone()),
            Backend::Postgres => {
                let pool = self.reader.get_postgres_connection_pool().clone();
                Of::Postgres { pool, scope, witness: self.witness.clone() }
            }
        })
    }
}

/// Reads on somebody's behalf.
#[derive(Debug, Clone)]
pub struct Reader(Of);

#[derive(Debug, Clone)]
enum Of {
    /// The statements' own walls are all there are.
    Sqlite(DatabaseConnection),
    /// Each statement has a transaction of its own.
    Postgres { pool: PgPool, scope: Scope, witness: Witness },
}

#[async_trait::async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        match &self.0 {
            Of::Sqlite(_) => DbBackend::Sqlite,
            Of::Postgres { .. } => DbBackend::Postgres,
        }
    }

    async fn execute_raw(&self, _: Statement) -> Result<ExecResult, DbErr> {
        Err(reads_only())
    }

    async fn execute_unprepared(&self, _: &str) -> Result<ExecResult, DbErr> {
        Err(reads_only())
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match &self.0 {
            Of::Sqlite(reader) => reader.query_one_raw(statement).await,
            Of::Postgres { .. } => Ok(self.query_all_raw(statement).await?.into_iter().next()),
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match &self.0 {
            Of::Sqlite(reader) => reader.query_all_raw(statement).await,
            Of::Postgres { pool, scope, witness } => {
                Walled::begin(pool, Some(*scope), witness).await?.query_all_raw(statement).await
            }
        }
    }
}

fn reads_only() -> DbErr {
    DbErr::Custom("a reader is for reads".to_owned())
}

/// A transaction of PostgreSQL that is for somebody, or for nobody. Dropped, it leaves its end to its connection's way back.
pub(crate) struct Walled {
    connection: Mutex<Begun>,
    witness: Witness,
}

/// A connection on which a transaction is begun, or is about to be.
struct Begun {
    connection: PoolConnection<Postgres>,
    /// Whether the database has said that it is. Given up before, nobody knows, and sqlx would end nothing.
    known: bool,
}

impl Drop for Begun {
    fn drop(&mut self) {
        if self.known {
            // Nothing to end where it was committed or rolled back.
            PgTransactionManager::start_rollback(&mut self.connection);
        } else {
            self.connection.close_on_drop();
        }
    }
}

impl Walled {
    /// Begins one that is for this scope, or for nobody.
    pub(crate) async fn begin(pool: &PgPool, scope: Option<Scope>, witness: &Witness) -> Result<Walled, DbErr> {
        // One round trip for both. An id has no character that means anything to the database.
        let begin = match scope {
            Some(scope) => format!("BEGIN; SET LOCAL {SETTING} = '{}'", scope.wall()),
            None => "BEGIN".to_owned(),
        };
        let mut begun = Begun { connection: pool.acquire().await.map_err(unavailable)?, known: false };
        let begin = AssertSqlSafe(begin).into_sql_str();
        PgTransactionManager::begin(&mut begun.connection, Some(begin)).await.map_err(unavailable)?;
        begun.known = true;
        Ok(Walled { connection: Mutex::new(begun), witness: witness.clone() })
    }

    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        PgTransactionManager::commit(&mut self.connection.into_inner().connection).await.map_err(failed)
    }

    pub(crate) async fn rollback(self) -> Result<(), DbErr> {
        PgTransactionManager::rollback(&mut self.connection.into_inner().connection).await.map_err(failed)
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Walled {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Postgres
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let text = self.witness.text(&statement);
        let mut begun = self.connection.lock().await;
        let query = sqlx::query_with(AssertSqlSafe(statement.sql), values(statement.values));
        let done = self.witness.witnessed(&text, query.execute(&mut *begun.connection)).await;
        done.map(ExecResult::from).map_err(|error| DbErr::Exec(sea_orm::RuntimeErr::SqlxError(error.into())))
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let mut begun = self.connection.lock().await;
        let query = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        let done = self.witness.witnessed(sql, query.execute(&mut *begun.connection)).await;
        done.map(ExecResult::from).map_err(|error| DbErr::Exec(sea_orm::RuntimeErr::SqlxError(error.into())))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_all_raw(statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let text = self.witness.text(&statement);
        let mut begun = self.connection.lock().await;
        let query = sqlx::query_with(AssertSqlSafe(statement.sql), values(statement.values));
        let rows = self.witness.witnessed(&text, query.fetch_all(&mut *begun.connection)).await.map_err(failed)?;
        Ok(rows.into_iter().map(QueryResult::from).collect())
    }
}

fn values(values: Option<Values>) -> SqlxValues {
    SqlxValues(values.unwrap_or(Values(Vec::new())))
}

impl fmt::Debug for Walled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Walled").finish_non_exhaustive()
    }
}
