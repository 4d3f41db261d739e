//! Tables of the directory, its enquiries, and the reminders of agreements.

use sea_orm::sea_query::{Alias, Index, IndexCreateStatement, Table, TableCreateStatement};
use sea_orm_migration::schema::{
    big_integer, boolean, integer, json_binary, text, timestamp_with_time_zone, uuid, uuid_null,
};

use super::{index, table};

pub(super) fn tables() -> Vec<TableCreateStatement> {
    vec![business_profile(), entry(), enquiry(), reminder(), round()]
}

pub(super) fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        // One entry of a provider per term; the rows of one provider; whether an entry has a further term.
        index("directory_entry_organization", "directory_entry", &["organization", "term"]).unique().to_owned(),
        index("enquiry_sender", "enquiry", &["sender", "created_at"]),
        index("enrollment_of_kind", "enrollment", &["kind", "id"]),
    ]
}

fn business_profile() -> TableCreateStatement {
    let columns = vec![
        uuid("organization"),
        text("publication"),
        json_binary("offer"),
        json_binary("countries"),
        json_binary("languages"),
        json_binary("sales_contact"),
        text("website"),
        big_integer("version"),
        timestamp_with_time_zone("updated_at"),
    ];
    table("business_profile", "organization", columns)
}

/// A provider in the directory, once for each term that it is found by, so that every search reads one stretch of one index.
fn entry() -> TableCreateStatement {
    let columns = [
        text("term"),
        timestamp_with_time_zone("listed_at"),
        uuid("organization"),
        text("country"),
        integer("signed_version"),
    ];
    let mut statement = Table::create();
    statement.table(Alias::new("directory_entry"));
    for column in columns {
        statement.col(column);
    }
    statement.primary_key(Index::create().col("term").col("listed_at").col("organization")).to_owned()
}

fn enquiry() -> TableCreateStatement {
    table("enquiry", "id", vec![uuid("id"), uuid("sender"), timestamp_with_time_zone("created_at")])
}

/// What was told last of an enrollment's agreement.
fn reminder() -> TableCreateStatement {
    table("agreement_reminder", "enrollment", vec![uuid("enrollment"), big_integer("told")])
}

/// How far a round through the enrollments of one type and region has come.
fn round() -> TableCreateStatement {
    let columns = vec![text("name"), text("stages"), uuid_null("after"), boolean("done")];
    table("agreement_round", "name", columns)
}
