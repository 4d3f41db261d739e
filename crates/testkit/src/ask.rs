//! One query on a connection of its own, for tests that look into the database of a process.

use std::thread;

use anyhow::{Result, anyhow};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, Statement};

/// Sees all rows.
pub(crate) fn ask(url: &str, query: &str) -> Result<Vec<String>> {
    ask_for(url, &database::wall::EVERYBODY.to_string(), query)
}

pub(crate) fn ask_for(url: &str, organization: &str, query: &str) -> Result<Vec<String>> {
    let (url, query) = (seen_by(url, organization), query.to_owned());
    // A thread of its own, since a runtime can't be blocked on from inside another.
    let asking = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(rows(&url, &query))
    });
    asking.join().map_err(|_| anyhow!("the asking thread panicked"))?
}

/// PostgreSQL shows organizations' rows to who says whom they are for.
fn seen_by(url: &str, organization: &str) -> String {
    if !url.starts_with("postgres") {
        return url.to_owned();
    }
    let joint = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joint}options[linkage.organization]={organization}")
}

async fn rows(url: &str, query: &str) -> Result<Vec<String>> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let connection = Database::connect(options).await?;
    let statement = Statement::from_string(connection.get_database_backend(), query);
    let rows = connection.query_all_raw(statement).await?;
    let rows = rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect();
    connection.close().await?;
    rows
}
