//! The schema, with the unique keys that carry its invariants.

use database::migrate::Migrations;
use database::wall;
use sea_orm::sea_query::{
    Alias, ColumnDef, Condition, ConditionalStatement, Expr, ExprTrait, Index, IndexCreateStatement, Table,
    TableCreateStatement,
};
use sea_orm::{ConnectionTrait, DbBackend, DbErr};
use sea_orm_migration::schema::{
    big_integer, boolean, date, integer, json_binary, json_binary_null, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid, uuid_null,
};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

pub(crate) fn all() -> Migrations {
    Migrations(vec![Box::new(M0001)])
}

/// Tables whose rows have parties, and the columns that name them. What the other services tell of organizations is a fact for all who deal with
/// them, and so is behind no wall; what a customer consented to is found by its invitation, whose parties see it.
const WALLS: [(&str, &[&str]); 6] = [
    ("invitation", &["sender", "provider", "reseller", "recipient"]),
    ("invitation_quota", &["sender"]),
    ("customer_agreement", &["customer"]),
    ("partnership", &["provider", "reseller"]),
    ("reseller_relationship", &["partner", "customer", "other_partner"]),
    ("admin_grant", &["grantor", "grantee"]),
];

struct M0001;

impl MigrationName for M0001 {
    fn name(&self) -> &str {
        "relationship_0001_tables"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for M0001 {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut organization = organization();
        if manager.get_database_backend() == DbBackend::Sqlite {
            // Rows lie in the order of their ids: found by one search instead of two, three times in an order check.
            organization.extra("WITHOUT ROWID");
        }
        let projections = [organization, standing(), agreement(), watermark()];
        let own = [
            invitation(),
            invitation_quota(),
            consent(),
            customer_agreement(),
            partnership(),
            reseller_relationship(),
            admin_grant(),
        ];
        for table in projections.into_iter().chain(own) {
            manager.get_connection().execute(&table).await?;
        }
        for index in indexes().into_iter().chain(unique()) {
            manager.get_connection().execute(&index).await?;
        }
        for (table, parties) in WALLS {
            wall::raise(manager, table, parties).await?;
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

fn organization() -> TableCreateStatement {
    let columns = vec![
        uuid("id"),
        text("name"),
        text("country"),
        text("language"),
        text("mail_address"),
        json_binary("proven_domains"),
        big_integer("version"),
        timestamp_with_time_zone_null("confirmed_at"),
    ];
    table("organization", &["id"], columns)
}

fn standing() -> TableCreateStatement {
    let columns = vec![
        uuid("id"),
        uuid("organization"),
        text("capacity"),
        text("state"),
        uuid_null("location"),
        text_null("location_country"),
        integer("signed_version"),
        timestamp_with_time_zone("state_time"),
        big_integer("version"),
        timestamp_with_time_zone_null("confirmed_at"),
    ];
    table("standing", &["id"], columns)
}

fn agreement() -> TableCreateStatement {
    let columns = vec![
        text("capacity"),
        text("region"),
        integer("version"),
        timestamp_with_time_zone("effective_time"),
        timestamp_with_time_zone_null("sign_by_time"),
    ];
    table("agreement", &["capacity", "region", "version"], columns)
}

fn watermark() -> TableCreateStatement {
    let columns = vec![text("source"), big_integer("epoch"), timestamp_with_time_zone("as_of"), json_binary("parked")];
    table("watermark", &["source"], columns)
}

fn invitation() -> TableCreateStatement {
    let columns = vec![
        uuid("id"),
        big_integer("version"),
        text("kind"),
        uuid("sender"),
        uuid_null("provider"),
        uuid_null("reseller"),
        uuid_null("location"),
        uuid_null("partnership"),
        uuid_null("recipient"),
        text("recipient_email"),
        text("open_key"),
        text("message"),
        text("language"),
        json_binary("admin_requests"),
        timestamp_with_time_zone("expire_time"),
        text("external_id"),
        big_integer("generation"),
        text("nonce"),
        text("state"),
        uuid_null("result_partnership"),
        json_binary("result_relationships"),
        timestamp_with_time_zone("create_time"),
        timestamp_with_time_zone("update_time"),
        json_binary_null("delivery"),
        big_integer("delivery_version").default(0).take(),
        timestamp_with_time_zone("send_time"),
        timestamp_with_time_zone_null("remind_time"),
        text_null("decline_reason"),
        text_null("decline_text"),
    ];
    table("invitation", &["id"], columns)
}

/// How many mails of invitations a sender has caused on the last day that it did.
fn invitation_quota() -> TableCreateStatement {
    table("invitation_quota", &["sender"], vec![uuid("sender"), date("day"), integer("spent")])
}

fn consent() -> TableCreateStatement {
    let columns = vec![
        uuid("invitation"),
        text("kind"),
        text("partner"),
        uuid("organization"),
        uuid("given_by"),
        text("text_version"),
        text("text_sha256"),
        timestamp_with_time_zone("time"),
    ];
    table("consent", &["invitation", "kind", "partner"], columns)
}

fn customer_agreement() -> TableCreateStatement {
    let columns = vec![
        uuid("customer"),
        text("version"),
        text("text_sha256"),
        uuid("accepted_by"),
        timestamp_with_time_zone("time"),
    ];
    table("customer_agreement", &["customer", "version"], columns)
}

fn partnership() -> TableCreateStatement {
    let columns = vec![
        uuid("id"),
        big_integer("version"),
        uuid("provider"),
        uuid("reseller"),
        boolean("orders_allowed"),
        text("state"),
        timestamp_with_time_zone_null("end_time"),
        timestamp_with_time_zone("create_time"),
        timestamp_with_time_zone("update_time"),
        uuid_null("suspended_by"),
        timestamp_with_time_zone_null("suspend_time"),
    ];
    table("partnership", &["id"], columns)
}

fn reseller_relationship() -> TableCreateStatement {
    let columns = vec![
        uuid("id"),
        big_integer("version"),
        uuid("partner"),
        uuid("customer"),
        text("capacity"),
        uuid_null("partnership"),
        uuid_null("other_partner"),
        text("state"),
        timestamp_with_time_zone("create_time"),
        timestamp_with_time_zone("update_time"),
        uuid_null("suspended_by"),
        timestamp_with_time_zone_null("suspend_time"),
        timestamp_with_time_zone_null("end_time"),
    ];
    table("reseller_relationship", &["id"], columns)
}

fn admin_grant() -> TableCreateStatement {
    let columns = vec![
        uuid("id"),
        big_integer("version"),
        uuid("grantor"),
        uuid("grantee"),
        json_binary("roles"),
        uuid_null("partnership"),
        uuid_null("relationship"),
        text("state"),
        timestamp_with_time_zone("expire_time"),
        timestamp_with_time_zone("create_time"),
        timestamp_with_time_zone("update_time"),
        timestamp_with_time_zone_null("remind_time"),
    ];
    table("admin_grant", &["id"], columns)
}

fn index(name: &'static str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table(Alias::new(table));
    for column in columns {
        index.col(*column);
    }
    index
}

fn indexes() -> Vec<IndexCreateStatement> {
    let open = || Expr::col("state").eq("PENDING");
    let active = || Expr::col("state").eq("ACTIVE");
    let reminded = || Expr::col("remind_time").is_not_null();
    vec![
        index("standing_organization", "standing", &["organization", "capacity", "state_time", "id"]),
        index("standing_location", "standing", &["location"]),
        index("invitation_sender", "invitation", &["sender", "create_time", "id"]),
        index("invitation_recipient", "invitation", &["recipient", "create_time", "id"]),
        index("invitation_due", "invitation", &["expire_time"]).and_where(open()).to_owned(),
        index("invitation_remind", "invitation", &["remind_time"])
            .cond_where(Condition::all().add(open()).add(reminded()))
            .to_owned(),
        index("invitation_external", "invitation", &["sender", "external_id", "create_time", "id"])
            .and_where(Expr::col("external_id").ne(""))
            .to_owned(),
        index("partnership_provider", "partnership", &["provider", "create_time", "id"]),
        index("partnership_reseller", "partnership", &["reseller", "create_time", "id"]),
        index("partnership_pair", "partnership", &["provider", "reseller", "create_time", "id"]),
        index("relationship_partner", "reseller_relationship", &["partner", "create_time", "id"]),
        // For a partner's customers through one partnership. Without it PostgreSQL reads all of both and sorts them: it takes what is
        // of a partner and what is of its partnership for unrelated, and so for few.
        index("relationship_shared", "reseller_relationship", &["partner", "partnership", "create_time", "id"]),
        index("relationship_other", "reseller_relationship", &["other_partner", "create_time", "id"]),
        index("relationship_customer", "reseller_relationship", &["customer", "create_time", "id"]),
        index("relationship_partnership", "reseller_relationship", &["partnership", "create_time", "id"]),
        index("grant_grantor", "admin_grant", &["grantor", "create_time", "id"]),
        index("grant_grantee", "admin_grant", &["grantee", "create_time", "id"]),
        index("grant_partnership", "admin_grant", &["partnership"]),
        index("grant_relationship", "admin_grant", &["relationship"]),
        index("grant_due", "admin_grant", &["expire_time"]).and_where(active()).to_owned(),
        index("grant_remind", "admin_grant", &["remind_time"])
            .cond_where(Condition::all().add(active()).add(reminded()))
            .to_owned(),
    ]
}

/// "One open" and "one live" are unique among some rows only.
fn unique() -> Vec<IndexCreateStatement> {
    let live = || Expr::col("state").ne("ENDED");
    let alone = Condition::all().add(live()).add(Expr::col("partnership").is_null());
    vec![
        index("invitation_open", "invitation", &["sender", "open_key"])
            .unique()
            .and_where(Expr::col("state").eq("PENDING"))
            .to_owned(),
        index("partnership_live", "partnership", &["provider", "reseller"]).unique().and_where(live()).to_owned(),
        index("relationship_live", "reseller_relationship", &["customer", "partner", "capacity", "partnership"])
            .unique()
            .and_where(live())
            .to_owned(),
        // Two NULLs differ in a unique index, so standing alone needs one of its own.
        index("relationship_alone", "reseller_relationship", &["customer", "partner", "capacity"])
            .unique()
            .cond_where(alone)
            .to_owned(),
    ]
}
