//! The tables of this service.

use sea_orm::DbErr;
use sea_orm::sea_query::{
    Alias, ConditionalStatement, Expr, ExprTrait, Index, IndexCreateStatement, Table, TableCreateStatement,
};
use sea_orm_migration::schema::{
    big_integer, integer, json_binary, json_binary_null, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid,
};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

/// The first version of all of them.
pub(crate) struct Tables;

impl MigrationName for Tables {
    fn name(&self) -> &str {
        "notification_0001_tables"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Tables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(message()).await?;
        manager.create_table(mailbox_message()).await?;
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn message() -> TableCreateStatement {
    Table::create()
        .table(Alias::new("message"))
        .col(uuid("id").primary_key())
        .col(text("source"))
        .col(uuid("event"))
        .col(text("subject"))
        .col(big_integer("subject_version"))
        .col(text_null("trace"))
        // Not the address, which is gone once the message was sent: a keyed digest of it.
        .col(text("mailbox"))
        .col(text("hint"))
        .col(text("domain"))
        .col(text("kind"))
        .col(text("language"))
        .col(text("state"))
        .col(timestamp_with_time_zone_null("due_time"))
        .col(timestamp_with_time_zone_null("end_time"))
        .col(json_binary_null("contents"))
        .col(integer("attempts"))
        .col(text_null("last_error"))
        .col(timestamp_with_time_zone("create_time"))
        .col(big_integer("version"))
        // Raw: sea-query leaves out the brackets that these comparisons need.
        .check(Expr::cust("state IN ('QUEUED', 'SENDING', 'SENT', 'BOUNCED', 'PARKED', 'DROPPED')"))
        .check(Expr::cust("(state IN ('QUEUED', 'SENDING')) = (due_time IS NOT NULL)"))
        .check(Expr::cust("(due_time IS NULL) = (end_time IS NOT NULL)"))
        .check(Expr::cust("(state IN ('SENT', 'BOUNCED', 'DROPPED')) = (contents IS NULL)"))
        .to_owned()
}

fn mailbox_message() -> TableCreateStatement {
    Table::create()
        .table(Alias::new("mailbox_message"))
        .col(uuid("id").primary_key())
        .col(uuid("message"))
        .col(text("mailbox"))
        .col(text("kind"))
        .col(text("language"))
        .col(text("display_name"))
        .col(text("sender"))
        .col(text("reply_to"))
        .col(text("subject"))
        .col(text("text_body"))
        .col(text("html_body"))
        .col(json_binary("links"))
        .col(timestamp_with_time_zone("create_time"))
        .to_owned()
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
        index("message_once", "message", &["source", "event", "mailbox"]).unique().to_owned(),
        index("message_due", "message", &["due_time"]).and_where(Expr::col("due_time").is_not_null()).to_owned(),
        index("message_order", "message", &["create_time", "id"]),
        index("message_by_state", "message", &["state", "create_time", "id"]),
        index("message_by_subject", "message", &["subject", "create_time", "id"]),
        index("mailbox_message_once", "mailbox_message", &["message"]).unique().to_owned(),
        index("mailbox_message_order", "mailbox_message", &["mailbox", "create_time", "id"]),
        index("mailbox_message_arrival", "mailbox_message", &["create_time", "id"]),
    ]
}
