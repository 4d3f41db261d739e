//! The tables and the unique keys that carry invariants.

use database::migrate::Migrations;
use database::wall;
use sea_orm::DbErr;
use sea_orm::sea_query::{
    Alias, ColumnDef, ConditionalStatement, Expr, ExprTrait, Index, IndexCreateStatement, Table, TableCreateStatement,
};
use sea_orm_migration::schema::{
    big_integer, boolean, integer, json_binary, json_binary_null, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid, uuid_null,
};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

mod application;
mod directory;
mod sign_in;

/// All migrations, in order.
pub(crate) fn migrations() -> Migrations {
    Migrations(vec![Box::new(Tables)])
}

/// Tables whose rows are an organization's, and the column that names it. What signs people in is found before it is known whom they act for.
const WALLS: [(&str, &str); 12] = [
    ("organization", "id"),
    ("organization_domain", "organization"),
    ("member", "organization"),
    ("application", "organization"),
    ("legal_profile", "organization"),
    ("support_profile", "organization"),
    ("business_profile", "organization"),
    ("enrollment", "organization"),
    ("vetting", "organization"),
    ("partner_location", "organization"),
    ("signature", "organization"),
    ("enquiry", "sender"),
];

struct Tables;

impl MigrationName for Tables {
    fn name(&self) -> &str {
        "enrollment_0001_tables"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Tables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in parties().into_iter().chain(profiles()).chain(enrollments()).chain(agreements()) {
            manager.create_table(statement).await?;
        }
        for statement in directory::tables().into_iter().chain(sign_in::tables()).chain(application::tables()) {
            manager.create_table(statement).await?;
        }
        for index in unique_keys().into_iter().chain(lists()) {
            manager.create_index(index).await?;
        }
        for index in directory::indexes().into_iter().chain(sign_in::indexes()).chain(application::indexes()) {
            manager.create_index(index).await?;
        }
        for (table, party) in WALLS {
            wall::raise(manager, table, &[party]).await?;
        }
        Ok(())
    }
}

fn table(name: &'static str, key: &'static str, columns: Vec<ColumnDef>) -> TableCreateStatement {
    let mut statement = Table::create();
    statement.table(Alias::new(name));
    for column in columns {
        statement.col(column);
    }
    statement.primary_key(Index::create().col(key)).to_owned()
}

/// What every row that is changed has: a version that guards the change, and its times.
fn versioned(mut columns: Vec<ColumnDef>) -> Vec<ColumnDef> {
    columns.extend([
        big_integer("version"),
        timestamp_with_time_zone("created_at"),
        timestamp_with_time_zone("updated_at"),
    ]);
    columns
}

fn parties() -> Vec<TableCreateStatement> {
    let organization = vec![
        uuid("id"),
        text("display_name"),
        text("name_key"),
        text("country"),
        text("language"),
        text("mail_address"),
        text("mail_language"),
        boolean("operator"),
    ];
    let domain = vec![
        uuid("id"),
        uuid("organization"),
        text("domain"),
        text("state"),
        text_null("proof"),
        timestamp_with_time_zone_null("proven_at"),
        text("nonce"),
        text_null("trusted_issuer"),
    ];
    let person = vec![uuid("id"), text("issuer"), text("subject"), text("email"), text("display_name")];
    let user = vec![
        uuid("id"),
        uuid("organization"),
        uuid_null("person"),
        text("email"),
        text("display_name"),
        json_binary("roles"),
        integer("role_bits"),
        text("state"),
        big_integer("access_version"),
    ];
    let session = vec![
        uuid("id"),
        uuid("person"),
        big_integer("generation"),
        text("nonce"),
        timestamp_with_time_zone("expires_at"),
    ];
    vec![
        table("organization", "id", versioned(organization)),
        table("organization_domain", "id", versioned(domain)),
        table("person", "id", versioned(person)),
        table("member", "id", versioned(user)),
        table("session", "id", session),
    ]
}

fn profiles() -> Vec<TableCreateStatement> {
    let legal = vec![
        uuid("organization"),
        text("legal_name"),
        json_binary("address"),
        text("registration_number"),
        text("tax_id"),
        json_binary("primary_contact"),
        json_binary("company_approver"),
        text("language"),
        big_integer("revision"),
        big_integer("newest_revision"),
        big_integer("vetted_revision"),
        json_binary_null("pending"),
        text_null("enrolled_country"),
        text_null("enrolled_registration"),
        text_null("enrolled_name"),
        big_integer("version"),
        timestamp_with_time_zone("updated_at"),
    ];
    let support = vec![
        uuid("organization"),
        text("email"),
        text("phone"),
        text("website"),
        big_integer("version"),
        timestamp_with_time_zone("updated_at"),
    ];
    vec![table("legal_profile", "organization", legal), table("support_profile", "organization", support)]
}

fn enrollments() -> Vec<TableCreateStatement> {
    let enrollment = vec![
        uuid("id"),
        uuid("organization"),
        text("kind"),
        text("state"),
        text_null("reason"),
        text_null("reason_text"),
        timestamp_with_time_zone("state_at"),
        integer("signed_version"),
        uuid_null("submitter"),
        timestamp_with_time_zone_null("submitted_at"),
        text_null("external_id"),
        json_binary_null("mailing"),
    ];
    let preapproval = vec![
        uuid("id"),
        text("domain"),
        text("kind"),
        timestamp_with_time_zone("expires_at"),
        timestamp_with_time_zone("created_at"),
    ];
    let vetting = vec![
        uuid("case_id"),
        uuid("organization"),
        text("state"),
        text_null("reason"),
        text_null("explanation"),
        timestamp_with_time_zone_null("appeal_by"),
        timestamp_with_time_zone_null("due_at"),
        big_integer("revision"),
        json_binary("checks"),
        boolean("appeal_spent"),
        timestamp_with_time_zone("updated_at"),
    ];
    let location = vec![
        uuid("id"),
        uuid("organization"),
        text("display_name"),
        json_binary("address"),
        text("state"),
        integer("tries"),
        text("nonce"),
    ];
    vec![
        table("enrollment", "id", versioned(enrollment)),
        table("preapproval", "id", preapproval),
        table("vetting", "case_id", vetting),
        table("partner_location", "id", versioned(location)),
    ]
}

fn agreements() -> Vec<TableCreateStatement> {
    let template = vec![
        uuid("id"),
        text("kind"),
        text("region"),
        integer("number"),
        text("language"),
        text("body"),
        text("sha256"),
        timestamp_with_time_zone("effective_at"),
        timestamp_with_time_zone_null("sign_by"),
        timestamp_with_time_zone("created_at"),
    ];
    let signature = vec![
        uuid("id"),
        uuid("organization"),
        uuid("enrollment"),
        uuid("template"),
        text("sha256"),
        integer("number"),
        uuid("signer"),
        text("source_address"),
        timestamp_with_time_zone("created_at"),
    ];
    vec![table("agreement_template", "id", template), table("signature", "id", signature)]
}

fn index(name: &'static str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table(Alias::new(table));
    for column in columns {
        index.col(*column);
    }
    index
}

fn unique_keys() -> Vec<IndexCreateStatement> {
    vec![
        index("organization_operator", "organization", &["operator"])
            .unique()
            .and_where(Expr::col("operator").eq(true))
            .to_owned(),
        index("organization_domain_claim", "organization_domain", &["organization", "domain"]).unique().to_owned(),
        index("organization_domain_owner", "organization_domain", &["domain"])
            .unique()
            .and_where(Expr::col("state").eq("PROVEN"))
            .to_owned(),
        index("person_identity", "person", &["issuer", "subject"]).unique().to_owned(),
        index("member_email", "member", &["organization", "email"]).unique().to_owned(),
        index("member_person", "member", &["organization", "person"])
            .unique()
            .and_where(Expr::col("person").is_not_null())
            .to_owned(),
        index("legal_profile_registration", "legal_profile", &["enrolled_country", "enrolled_registration"])
            .unique()
            .and_where(Expr::col("enrolled_registration").is_not_null())
            .to_owned(),
        index("enrollment_live", "enrollment", &["organization", "kind"])
            .unique()
            .and_where(Expr::col("state").is_not_in(["WITHDRAWN", "ENDED"]))
            .to_owned(),
        index("enrollment_external", "enrollment", &["organization", "external_id"])
            .unique()
            .and_where(Expr::col("external_id").is_not_null())
            .to_owned(),
        index("partner_location_associated", "partner_location", &["organization"])
            .unique()
            .and_where(Expr::col("state").eq("ASSOCIATED"))
            .to_owned(),
        index("agreement_template_version", "agreement_template", &["kind", "region", "number", "language"])
            .unique()
            .to_owned(),
        index("signature_version", "signature", &["enrollment", "number"]).unique().to_owned(),
    ]
}

fn lists() -> Vec<IndexCreateStatement> {
    vec![
        index("organization_list", "organization", &["created_at", "id"]),
        index("organization_of_country", "organization", &["country", "created_at", "id"]),
        index("organization_of_name", "organization", &["name_key", "created_at", "id"]),
        index("organization_domain_list", "organization_domain", &["organization", "created_at", "id"]),
        index("member_list", "member", &["organization", "created_at", "id"]),
        index("member_of_state", "member", &["organization", "state", "created_at", "id"]),
        index("member_of_person", "member", &["person"]),
        index("member_of_email", "member", &["email"]),
        index("session_person", "session", &["person"]),
        index("session_expiry", "session", &["expires_at"]),
        index("enrollment_list", "enrollment", &["organization", "created_at", "id"]),
        index("legal_profile_name", "legal_profile", &["enrolled_country", "enrolled_name"]),
        index("preapproval_domain", "preapproval", &["domain", "kind"]),
        index("vetting_organization", "vetting", &["organization", "updated_at"]),
        index("partner_location_list", "partner_location", &["organization", "created_at", "id"]),
        index("agreement_template_list", "agreement_template", &["created_at", "id"]),
        index("signature_list", "signature", &["organization", "created_at", "id"]),
    ]
}
