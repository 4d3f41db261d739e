//! What a role may that serves and owns nothing: rows, and no table. Whoever serves can then not take off what guards rows, nor write the
//! journal anew.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::lock::Lock;
use crate::{Backend, Database, Error, Step, Tx};

/// Gives this role the rights to serve and takes all others, on the tables that there are by now, where the one that is connected owns them.
/// PostgreSQL only: SQLite has no roles.
pub async fn entitle(db: &Database, service: &str, role: &str) -> Result<(), Error> {
    if db.backend() != Backend::Postgres || owner(db).await? == role {
        return Ok(());
    }
    // Two that grant at once collide in PostgreSQL's catalogue.
    let lock = Lock::take(db).await?;
    let granted = db.migrate(async |tx: Tx| {
        tx.execute_unprepared(&grants(&tx, service, role).await?).await?;
        Ok(Step::Commit(()))
    });
    let granted = granted.await;
    lock.release(db).await?;
    granted
}

/// Whether the role that is connected owns tables here, or is a member of one that does, and so could do with them what it likes. SQLite's file is its
/// owner's in any case.
pub async fn is_owner(db: &Database) -> Result<bool, Error> {
    if db.backend() != Backend::Postgres {
        return Ok(false);
    }
    let query =
        "SELECT count(*) > 0 FROM pg_tables WHERE schemaname = current_schema() AND pg_has_role(tableowner, 'MEMBER')";
    let row = db.reader().query_one_raw(Statement::from_string(DbBackend::Postgres, query)).await?;
    row.map_or(Ok(false), |row| row.try_get_by_index(0)).map_err(Error::from)
}

async fn owner(db: &Database) -> Result<String, Error> {
    let query = Statement::from_string(DbBackend::Postgres, "SELECT CAST(current_user AS text)");
    let row = db.reader().query_one_raw(query).await?;
    row.map_or(Ok(String::new()), |row| row.try_get_by_index(0)).map_err(Error::from)
}

/// Raw: sea-query has no rights. The journal is only ever added to, and numbering alone writes to what is there.
async fn grants(tx: &Tx, service: &str, role: &str) -> Result<String, Error> {
    let query = "SELECT quote_ident(current_database()), quote_ident(current_schema()), quote_ident($1)";
    let query = Statement::from_sql_and_values(DbBackend::Postgres, query, [role.into()]);
    let row = tx.query_one_raw(query).await?.ok_or(Error::Contended)?;
    let name = |index| row.try_get_by_index::<String>(index);
    let (database, schema, role) = (name(0)?, name(1)?, name(2)?);
    Ok(format!(
        "GRANT CONNECT ON DATABASE {database} TO {role}; \
         GRANT USAGE ON SCHEMA {schema} TO {role}; \
         REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}; \
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}; \
         REVOKE UPDATE, DELETE ON journal, journal_party FROM {role}; \
         GRANT UPDATE (sequence, hash) ON journal TO {role}; \
         REVOKE INSERT, UPDATE, DELETE ON {service}_migrations, migration_lock FROM {role}"
    ))
}
