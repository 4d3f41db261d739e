//! A row of a read by the reserve, whichever database it comes from.

use rusqlite::types::{FromSql, Value};
use sea_orm::{DbErr, QueryResult, TryGetable};

use crate::Error;

/// What both databases give a column as.
pub trait FromColumn: TryGetable + FromSql {}

impl<T: TryGetable + FromSql> FromColumn for T {}

/// A row whose columns are known by their places in the statement.
#[derive(Debug)]
pub struct Row(Of);

#[derive(Debug)]
enum Of {
    Sqlx(QueryResult),
    Sqlite(Vec<Value>),
}

impl Row {
    pub(super) fn sqlite(columns: Vec<Value>) -> Row {
        Row(Of::Sqlite(columns))
    }

    /// The column at this place, from 0 on.
    pub fn get<T: FromColumn>(&self, at: usize) -> Result<T, Error> {
        match &self.0 {
            Of::Sqlx(row) => Ok(row.try_get_by_index(at)?),
            Of::Sqlite(columns) => {
                let failed = |why: &dyn std::fmt::Display| Error::Other(DbErr::Type(format!("column {at}: {why}")));
                let value = columns.get(at).ok_or_else(|| failed(&"there is none"))?;
                T::column_result(value.into()).map_err(|error| failed(&error))
            }
        }
    }
}

impl From<QueryResult> for Row {
    fn from(row: QueryResult) -> Row {
        Row(Of::Sqlx(row))
    }
}
