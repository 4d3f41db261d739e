//! The tables, and the unique keys that carry invariants.

use database::migrate::Migrations;
use database::wall;
use sea_orm::DbErr;
use sea_orm::sea_query::{
    Alias, ConditionalStatement, Expr, ExprTrait, Index, IndexCreateStatement, Table, TableCreateStatement,
};
use sea_orm_migration::schema::{
    big_integer, boolean, boolean_null, integer, json_binary, json_binary_null, text, text_null,
    timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

/// All migrations, in order.
pub(crate) fn migrations() -> Migrations {
    Migrations(vec![Box::new(Tables)])
}

/// Tables whose rows are an organization's.
const WALLED: [&str; 5] = ["vetting_case", "email_verification", "proven_domain", "evidence", "review_note"];

struct Tables;

impl MigrationName for Tables {
    fn name(&self) -> &str {
        "verification_0001_tables"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Tables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [vetting_case(), email_verification(), mail_count(), proven_domain(), evidence(), review_note()] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        for table in WALLED {
            wall::raise(manager, table, &["organization_id"]).await?;
        }
        Ok(())
    }
}

fn vetting_case() -> TableCreateStatement {
    Table::create()
        .table(Alias::new("vetting_case"))
        .col(uuid("id").primary_key())
        .col(uuid("organization_id"))
        .col(text("state"))
        .col(timestamp_with_time_zone_null("due_at"))
        .col(timestamp_with_time_zone_null("lease_until"))
        .col(timestamp_with_time_zone_null("reminded_due"))
        .col(timestamp_with_time_zone_null("alarmed_due"))
        .col(uuid_null("reviewer_organization_id"))
        .col(uuid_null("reviewer_id"))
        .col(text_null("reason"))
        .col(text_null("explanation"))
        .col(timestamp_with_time_zone_null("appeal_by"))
        .col(json_binary("questions"))
        .col(json_binary_null("appeal"))
        .col(json_binary_null("mailing"))
        .col(json_binary("waiting"))
        .col(json_binary("checks"))
        .col(big_integer("revision"))
        .col(text("legal_name"))
        .col(json_binary("address"))
        .col(text_null("registration_number"))
        .col(text_null("number_check"))
        .col(text("contact_name"))
        .col(text("contact_email"))
        .col(text("approver_name"))
        .col(text("approver_email"))
        .col(text_null("applicant_name"))
        .col(text("applicant_email"))
        .col(text("language"))
        .col(boolean("namesake"))
        .col(text("domain"))
        .col(text("domain_skeleton"))
        .col(boolean("domain_proven"))
        .col(boolean("lookalike"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .col(timestamp_with_time_zone_null("closed_at"))
        .col(big_integer("version"))
        .to_owned()
}

fn email_verification() -> TableCreateStatement {
    Table::create()
        .table(Alias::new("email_verification"))
        .col(uuid("id").primary_key())
        .col(uuid("organization_id"))
        .col(uuid("case_id"))
        .col(text("purpose"))
        .col(text("recipient_name"))
        .col(text("email"))
        .col(text("state"))
        .col(integer("tries_left"))
        .col(big_integer("generation"))
        .col(timestamp_with_time_zone("next_mail_at"))
        .col(big_integer("reminded"))
        .col(text("nonce"))
        .col(timestamp_with_time_zone("expires_at"))
        .col(timestamp_with_time_zone_null("answered_at"))
        .col(boolean_null("claim_answer"))
        .col(boolean_null("address_answer"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .col(big_integer("version"))
        .col(json_binary_null("delivery"))
        .col(big_integer("delivery_version").default(0))
        .to_owned()
}

/// How many mails a window of time has seen, by what they are limited by. Counted up by one conditional statement, so that no two
/// replicas send the last one.
fn mail_count() -> TableCreateStatement {
    Table::create()
        .table(Alias::new("mail_count"))
        .col(text("scope"))
        .col(text("key"))
        .col(timestamp_with_time_zone("begins_at"))
        .col(timestamp_with_time_zone("ends_at"))
        .col(big_integer("mails"))
        .primary_key(Index::create().col("scope").col("key").col("begins_at"))
        .to_owned()
}

/// The domains that organizations have proven, as enrollment tells.
fn proven_domain() -> TableCreateStatement {
    Table::create()
        .table(Alias::new("proven_domain"))
        .col(uuid("organization_id"))
        .col(text("domain"))
        .primary_key(Index::create().col("organization_id").col("domain"))
        .to_owned()
}

/// Documents; their content is a file of this digest.
fn evidence() -> TableCreateStatement {
    Table::create()
        .table(Alias::new("evidence"))
        .col(uuid("id").primary_key())
        .col(uuid("organization_id"))
        .col(uuid("case_id"))
        .col(big_integer("number"))
        .col(text("check_kind"))
        .col(text("kind"))
        .col(text("media_type"))
        .col(big_integer("size"))
        .col(text("digest"))
        .col(uuid("uploader_id"))
        .col(timestamp_with_time_zone("received_at"))
        .to_owned()
}

fn review_note() -> TableCreateStatement {
    Table::create()
        .table(Alias::new("review_note"))
        .col(uuid("id").primary_key())
        .col(uuid("organization_id"))
        .col(uuid("case_id"))
        .col(uuid("author_organization_id"))
        .col(uuid("author_id"))
        .col(text("text"))
        .col(timestamp_with_time_zone("created_at"))
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
    let open = || Expr::col("closed_at").is_null();
    let pending = || Expr::col("state").eq("PENDING");
    vec![
        // At most one open case per organization.
        index("vetting_case_open", "vetting_case", &["organization_id"]).unique().and_where(open()).to_owned(),
        index("vetting_case_list", "vetting_case", &["organization_id", "created_at", "id"]),
        index("vetting_case_queue", "vetting_case", &["state", "created_at", "id"]),
        index("vetting_case_state_due", "vetting_case", &["state", "due_at", "id"]),
        index("vetting_case_all", "vetting_case", &["created_at", "id"]),
        index("vetting_case_due", "vetting_case", &["due_at"]).and_where(open()).to_owned(),
        index("vetting_case_lease", "vetting_case", &["lease_until"])
            .and_where(Expr::col("state").eq("IN_REVIEW"))
            .to_owned(),
        index("vetting_case_appeal", "vetting_case", &["appeal_by"])
            .and_where(Expr::col("appeal_by").is_not_null())
            .to_owned(),
        index("vetting_case_lookalike", "vetting_case", &["domain_skeleton"])
            .and_where(Expr::col("state").eq("APPROVED"))
            .to_owned(),
        index("mail_count_over", "mail_count", &["ends_at"]),
        // No two documents of a case have one number, so that no two of them are the last that may come; and none is kept twice.
        index("evidence_number", "evidence", &["case_id", "number"]).unique().to_owned(),
        index("evidence_content", "evidence", &["case_id", "check_kind", "digest"]).unique().to_owned(),
        index("evidence_list", "evidence", &["case_id", "received_at", "id"]),
        index("review_note_list", "review_note", &["case_id", "created_at", "id"]),
        // At most one unanswered mail per person asked.
        index("email_verification_open", "email_verification", &["case_id", "purpose"])
            .unique()
            .and_where(pending())
            .to_owned(),
        index("email_verification_list", "email_verification", &["organization_id", "created_at", "id"]),
        index("email_verification_due", "email_verification", &["expires_at"]).and_where(pending()).to_owned(),
    ]
}
