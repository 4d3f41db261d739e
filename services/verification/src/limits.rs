//! The limits on mail as data: each with the day from which it holds.

use std::io;
use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Deserialize;

use crate::domain::quota::{Limit, Scope};
use crate::error::DataError;

/// The longest time that a limit counts over.
const MOST_HOURS: u32 = 24 * 31;

static BUILTIN: LazyLock<Result<Table, DataError>> =
    LazyLock::new(|| Table::from_csv(include_bytes!("../data/limits.csv").as_slice()));

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    scope: Scope,
    hours: u32,
    most: u32,
    effective_from: NaiveDate,
}

struct Table(Vec<Row>);

/// The limits in force at this time, one for each scope.
pub(crate) fn at(now: DateTime<Utc>) -> Result<Vec<Limit>, DataError> {
    BUILTIN.as_ref().map_err(Clone::clone)?.at(now)
}

impl Table {
    fn from_csv(table: impl io::Read) -> Result<Table, DataError> {
        let rows: Result<Vec<Row>, _> = csv::Reader::from_reader(table).deserialize().collect();
        let rows = rows.map_err(|error| DataError(format!("limits: {error}")))?;
        match rows.iter().find(|row| row.hours == 0 || row.hours > MOST_HOURS || row.most == 0) {
            Some(row) => Err(DataError(format!("limits: {} in {} hours for {:?}", row.most, row.hours, row.scope))),
            None => Ok(Table(rows)),
        }
    }

    fn at(&self, now: DateTime<Utc>) -> Result<Vec<Limit>, DataError> {
        Scope::ALL.into_iter().map(|scope| self.of(scope, now)).collect()
    }

    fn of(&self, scope: Scope, now: DateTime<Utc>) -> Result<Limit, DataError> {
        let today = now.date_naive();
        let in_force = self.0.iter().filter(|row| row.scope == scope && row.effective_from <= today);
        let row = in_force.max_by_key(|row| row.effective_from);
        let row = row.ok_or_else(|| DataError(format!("limits: none for {scope:?} on {today}")))?;
        Ok(Limit { scope, period: TimeDelta::hours(i64::from(row.hours)), most: i64::from(row.most) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_has_a_limit_and_the_newest_in_force_holds() {
        let day = |text: &str| format!("{text}T00:00:00Z").parse().unwrap();
        assert_eq!(at(day("2026-01-01")).unwrap().len(), 4);
        let rows = "scope,hours,most,effective_from\nADDRESS,24,5,2026-01-01\nADDRESS,24,6,2026-02-01\n";
        let table = Table::from_csv(rows.as_bytes()).unwrap();
        assert_eq!(table.of(Scope::Address, day("2026-01-31")).unwrap().most, 5);
        assert_eq!(table.of(Scope::Address, day("2026-02-01")).unwrap().most, 6);
        assert!(table.at(day("2026-02-01")).is_err(), "a scope without a limit");
    }

    #[test]
    fn a_wrong_row_is_refused() {
        for row in
            ["ADDRESS,0,5,2026-01-01", "ADDRESS,24,0,2026-01-01", "OTHER,24,5,2026-01-01", "DOMAIN,9999,5,2026-01-01"]
        {
            assert!(Table::from_csv(format!("scope,hours,most,effective_from\n{row}\n").as_bytes()).is_err(), "{row}");
        }
    }
}
