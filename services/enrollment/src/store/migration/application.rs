//! Tables of applications, and of the assertions that they have used.

use sea_orm::sea_query::{Alias, Index, IndexCreateStatement, Table, TableCreateStatement};
use sea_orm_migration::schema::{big_integer, json_binary, text, timestamp_with_time_zone, uuid};

use super::{index, table, versioned};

pub(super) fn tables() -> Vec<TableCreateStatement> {
    vec![application(), assertion()]
}

pub(super) fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("application_list", "application", &["organization", "created_at", "id"]),
        index("assertion_expiry", "assertion", &["expires_at"]),
    ]
}

fn application() -> TableCreateStatement {
    let columns = vec![
        uuid("id"),
        uuid("organization"),
        text("display_name"),
        json_binary("roles"),
        text("state"),
        json_binary("credentials"),
        big_integer("access_version"),
    ];
    table("application", "id", versioned(columns))
}

/// The key is what keeps an assertion from being used twice, whichever replica meets it.
fn assertion() -> TableCreateStatement {
    let mut statement = Table::create();
    statement.table(Alias::new("assertion"));
    for column in [uuid("application"), text("jti"), timestamp_with_time_zone("expires_at")] {
        statement.col(column);
    }
    statement.primary_key(Index::create().col("application").col("jti")).to_owned()
}
