//! Everything a database holds, as text, for tests that look for what must not be in it.

use anyhow::Result;

use crate::ask::ask;

/// A table, and each of its rows as text; what is binary in hexadecimal.
pub type Table = (String, Vec<String>);

pub(crate) fn dump(url: &str) -> Result<Vec<Table>> {
    let postgres = url.starts_with("postgres");
    let tables = if postgres {
        "SELECT CAST(tablename AS text) FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
    } else {
        "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1"
    };
    let rows = |table: String| {
        let query = if postgres {
            format!("SELECT CAST(row AS text) FROM \"{table}\" AS row ORDER BY 1")
        } else {
            let columns = ask(url, &format!("SELECT name FROM pragma_table_info('{table}')"))?;
            let columns: Vec<_> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
            format!("SELECT {} FROM \"{table}\" ORDER BY 1", columns.join(" || ' ' || "))
        };
        Ok((table, ask(url, &query)?))
    };
    ask(url, tables)?.into_iter().map(rows).collect()
}
