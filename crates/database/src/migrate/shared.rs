//! The tables every service has.

use sea_orm::sea_query::{
    Alias, ColumnDef, ConditionalStatement, Expr, ExprTrait, Index, IndexCreateStatement, Table, TableCreateStatement,
};
use sea_orm::{ConnectionTrait, DbBackend, DbErr};
use sea_orm_migration::schema::{
    big_integer, big_integer_null, binary, boolean, integer, json_binary, small_integer, text, text_null,
    timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

/// The first version of all of them.
pub(super) struct Tables;

impl MigrationName for Tables {
    fn name(&self) -> &str {
        "shared_0001_tables"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Tables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [lease(), journal(), journal_party(), outbox(), inbox(), idempotency(), access(), setting()] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        if manager.get_database_backend() == DbBackend::Postgres {
            // Raw: sea-query has no storage parameters. A queue's table dies of dead rows, not of its depth.
            let vacuum =
                "ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)";
            manager.get_connection().execute_unprepared(vacuum).await?;
            // The journal is only ever added to; numbering alone writes to what is there. To change more its owner must take the right back first.
            let kept = "REVOKE UPDATE, DELETE, TRUNCATE ON journal, journal_party FROM CURRENT_USER; \
                GRANT UPDATE (sequence, hash) ON journal TO CURRENT_USER";
            manager.get_connection().execute_unprepared(kept).await?;
        }
        Ok(())
    }
}

fn table(name: &'static str, key: &[&'static str], columns: Vec<ColumnDef>) -> TableCreateStatement {
    let mut statement = Table::create();
    statement.table(Alias::new(name));
    for column in columns {
        statement.col(column);
    }
    let mut index = Index::create();
    for column in key {
        index.col(*column);
    }
    statement.primary_key(&mut index).to_owned()
}

fn lease() -> TableCreateStatement {
    table(
        "lease",
        &["name"],
        vec![text("name"), text("owner"), big_integer("epoch"), timestamp_with_time_zone("until")],
    )
}

fn journal() -> TableCreateStatement {
    table(
        "journal",
        &["id"],
        vec![
            uuid("id"),
            big_integer_null("sequence"),
            text_null("hash"),
            timestamp_with_time_zone("time"),
            text("actor"),
            text_null("on_behalf_of"),
            text_null("request_id"),
            text_null("trace"),
            text_null("cause"),
            text("subject"),
            big_integer("subject_version"),
            text("kind"),
            text_null("from_state"),
            text_null("to_state"),
            text_null("reason"),
            json_binary("changed"),
        ],
    )
}

fn journal_party() -> TableCreateStatement {
    table("journal_party", &["organization", "entry"], vec![text("organization"), uuid("entry")])
}

fn outbox() -> TableCreateStatement {
    table(
        "outbox",
        &["event", "destination"],
        vec![
            uuid("event"),
            text("destination"),
            text("subject"),
            boolean("ordered"),
            big_integer("subject_version"),
            big_integer("source_epoch"),
            text("method"),
            binary("payload"),
            text_null("trace"),
            small_integer("lane"),
            timestamp_with_time_zone("available_at"),
            integer("attempts"),
            text_null("last_error"),
            timestamp_with_time_zone_null("parked_at"),
            timestamp_with_time_zone("created_at"),
        ],
    )
}

fn inbox() -> TableCreateStatement {
    table(
        "inbox",
        &["source", "subject"],
        vec![text("source"), text("subject"), big_integer("epoch"), big_integer("version")],
    )
}

fn idempotency() -> TableCreateStatement {
    table(
        "idempotency",
        &["caller", "method", "request_id"],
        vec![
            text("caller"),
            text("method"),
            text("request_id"),
            text("payload_mac"),
            binary("answer"),
            timestamp_with_time_zone("created_at"),
        ],
    )
}

fn access() -> TableCreateStatement {
    table(
        "access",
        &["holder"],
        vec![
            uuid("holder"),
            uuid("organization"),
            json_binary("roles"),
            big_integer("lowest_version"),
            boolean("disabled"),
            timestamp_with_time_zone("received_at"),
        ],
    )
}

fn setting() -> TableCreateStatement {
    table("setting", &["name"], vec![text("name"), text("value")])
}

fn indexes() -> Vec<IndexCreateStatement> {
    let index = |name: &'static str, table: &'static str, columns: &[&'static str]| {
        let mut index = Index::create();
        index.name(name).table(Alias::new(table));
        for column in columns {
            index.col(*column);
        }
        index
    };
    vec![
        index("journal_subject_version", "journal", &["subject", "subject_version"]).unique().to_owned(),
        // Of those that have one: SQLite would look for all that have none by an index of all, once for each few that are numbered.
        index("journal_sequence", "journal", &["sequence"])
            .unique()
            .and_where(Expr::col("sequence").is_not_null())
            .to_owned(),
        index("journal_unnumbered", "journal", &["time", "id"]).and_where(Expr::col("sequence").is_null()).to_owned(),
        index("journal_party_entry", "journal_party", &["entry"]),
        index("outbox_order", "outbox", &["destination", "subject", "source_epoch", "subject_version"]),
        index("outbox_due", "outbox", &["lane", "available_at"]),
        index("outbox_age", "outbox", &["destination", "created_at"]),
        index("idempotency_age", "idempotency", &["created_at"]),
        index("access_received", "access", &["received_at"]),
    ]
}
