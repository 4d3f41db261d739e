//! Tables of the codes that are mailed for sign-in.

use sea_orm::sea_query::{Alias, Index, IndexCreateStatement, Table, TableCreateStatement};
use sea_orm_migration::schema::{big_integer, integer, text, timestamp_with_time_zone, uuid};

use super::{index, table};

pub(super) fn tables() -> Vec<TableCreateStatement> {
    vec![code(), count()]
}

pub(super) fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("sign_in_code_expiry", "sign_in_code", &["expires_at"]),
        index("sign_in_count_begins", "sign_in_count", &["begins_at"]),
    ]
}

/// Codes: what stands for the address, and what the code is derived from.
fn code() -> TableCreateStatement {
    let columns =
        vec![uuid("id"), text("address"), text("nonce"), integer("tries"), timestamp_with_time_zone("expires_at")];
    table("sign_in_code", "id", columns)
}

/// How many were mailed in a window of time, under what stands for an address, a domain or a source.
fn count() -> TableCreateStatement {
    let mut statement = Table::create();
    statement.table(Alias::new("sign_in_count"));
    for column in [text("key"), timestamp_with_time_zone("begins_at"), big_integer("mails")] {
        statement.col(column);
    }
    statement.primary_key(Index::create().col("key").col("begins_at")).to_owned()
}
