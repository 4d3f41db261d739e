//! Enrollment's tables: rows in, domain values out. The scope says whose rows may be touched.

use database::{Error, Scope};
use sea_orm::{ColumnTrait, Condition, prelude::Json};
use serde::{Serialize, de::DeserializeOwned};

pub(crate) mod agreement;
pub(crate) mod application;
pub(crate) mod assertion;
pub(crate) mod business_profile;
pub(crate) mod domain_name;
pub(crate) mod enquiry;
pub(crate) mod enrollment;
pub(crate) mod listing;
pub(crate) mod location;
pub(crate) mod migration;
pub(crate) mod organization;
pub(crate) mod person;
pub(crate) mod picture;
pub(crate) mod preapproval;
pub(crate) mod profile;
pub(crate) mod reminder;
pub(crate) mod session;
pub(crate) mod sign_in_code;
pub(crate) mod signature;
pub(crate) mod user;
pub(crate) mod vetting;

/// The rows of this scope, where `column` names the organization that a row belongs to.
fn within(scope: Scope, column: impl ColumnTrait) -> Condition {
    match scope {
        Scope::Organization(id) => Condition::all().add(column.eq(id.uuid())),
        Scope::Operator | Scope::Peer => Condition::all(),
        // No link opens anything here.
        Scope::Link => Condition::all().add(column.is_null()),
    }
}

/// A value as a JSON column holds it.
fn to_json(table: &'static str, column: &'static str, value: &impl Serialize) -> Result<Json, Error> {
    serde_json::to_value(value).map_err(|error| Error::unreadable(table, column, "to be written", error))
}

/// A value that a JSON column holds.
fn from_json<T: DeserializeOwned>(
    table: &'static str,
    column: &'static str,
    row: impl ToString,
    value: Json,
) -> Result<T, Error> {
    serde_json::from_value(value).map_err(|error| Error::unreadable(table, column, row, error))
}

/// A name that a text column holds.
fn from_name<T>(
    table: &'static str,
    column: &'static str,
    row: impl ToString,
    name: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, Error> {
    parse(name).ok_or_else(|| Error::unreadable(table, column, row, format!("{name:?} is no known name")))
}
