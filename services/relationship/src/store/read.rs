//! Stored values that must make sense, or are told by table, column and row.

use std::fmt::Display;
use std::str::FromStr;

use database::Error;
use sea_orm::entity::prelude::Json;
use serde::de::DeserializeOwned;

/// Where a value was read.
#[derive(Clone, Copy)]
pub(super) struct Place<I> {
    pub(super) table: &'static str,
    pub(super) row: I,
}

impl<I: Display> Place<I> {
    pub(super) fn parse<T: FromStr<Err: Display>>(&self, column: &'static str, text: &str) -> Result<T, Error> {
        text.parse().map_err(|error: T::Err| Error::unreadable(self.table, column, &self.row, error))
    }

    pub(super) fn json<T: DeserializeOwned>(&self, column: &'static str, json: Json) -> Result<T, Error> {
        serde_json::from_value(json).map_err(|error| Error::unreadable(self.table, column, &self.row, error))
    }

    pub(super) fn there<T>(&self, column: &'static str, value: Option<T>) -> Result<T, Error> {
        value.ok_or_else(|| Error::unreadable(self.table, column, &self.row, "is missing"))
    }
}

/// A list as JSON; a list of plain values can't fail to be one.
pub(super) fn list<T: serde::Serialize>(values: &[T]) -> Json {
    serde_json::to_value(values).unwrap_or_default()
}
