//! Stored values that must make sense, or are told by table, column and row.

use std::fmt::Display;
use std::str::FromStr;

use database::Error;
use sea_orm::entity::prelude::{ColumnTrait, ConnectionTrait, EntityTrait, Json, Uuid};
use sea_orm::{QueryOrder, QuerySelect, Select};
use serde::de::DeserializeOwned;

/// As many rows of a sample are told by name.
const NAMED: u64 = 50;

/// How many rows there are, and the oldest of them.
pub(crate) struct Sample {
    pub(crate) count: i64,
    pub(crate) first: Vec<Uuid>,
}

/// A sample of these rows.
pub(super) async fn sample<E: EntityTrait>(
    connection: &impl ConnectionTrait,
    rows: Select<E>,
    (time, id): (E::Column, E::Column),
) -> Result<Sample, Error> {
    let count: Option<i64> =
        rows.clone().select_only().column_as(id.count(), "number").into_tuple().one(connection).await?;
    let first = rows.select_only().column(id).order_by_asc(time).order_by_asc(id).limit(NAMED);
    Ok(Sample { count: count.unwrap_or_default(), first: first.into_tuple().all(connection).await? })
}

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
