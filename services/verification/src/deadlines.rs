//! The deadlines as data: each with the day from which it holds.

use std::io;
use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Deserialize;

use crate::domain::Deadlines;
use crate::error::DataError;

/// The longest that a step may take.
const MOST_HOURS: u32 = 24 * 366;

static BUILTIN: LazyLock<Result<Table, DataError>> =
    LazyLock::new(|| Table::from_csv(include_bytes!("../data/deadlines.csv").as_slice()));

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Step {
    Confirm,
    Review,
    Claim,
    Answer,
    Appeal,
    Resend,
    Remind,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    step: Step,
    hours: u32,
    effective_from: NaiveDate,
}

struct Table(Vec<Row>);

/// Every step as in force at this time: its name, its hours and the day from which they hold.
pub(crate) fn levels(now: DateTime<Utc>) -> Result<Vec<(&'static str, u32, NaiveDate)>, DataError> {
    let table = BUILTIN.as_ref().map_err(Clone::clone)?;
    let level = |step: Step| table.row(step, now).map(|row| (step.as_str(), row.hours, row.effective_from));
    [Step::Confirm, Step::Review, Step::Claim, Step::Answer, Step::Appeal, Step::Resend, Step::Remind]
        .into_iter()
        .map(level)
        .collect()
}

/// The deadlines in force at this time.
pub(crate) fn at(now: DateTime<Utc>) -> Result<Deadlines, DataError> {
    BUILTIN.as_ref().map_err(Clone::clone)?.at(now)
}

impl Step {
    fn as_str(self) -> &'static str {
        match self {
            Step::Confirm => "CONFIRM",
            Step::Review => "REVIEW",
            Step::Claim => "CLAIM",
            Step::Answer => "ANSWER",
            Step::Appeal => "APPEAL",
            Step::Resend => "RESEND",
            Step::Remind => "REMIND",
        }
    }
}

impl Table {
    fn from_csv(table: impl io::Read) -> Result<Table, DataError> {
        let rows: Result<Vec<Row>, _> = csv::Reader::from_reader(table).deserialize().collect();
        let rows = rows.map_err(|error| DataError(format!("deadlines: {error}")))?;
        match rows.iter().find(|row| row.hours == 0 || row.hours > MOST_HOURS) {
            Some(row) => Err(DataError(format!("deadlines: {} hours for {:?}", row.hours, row.step))),
            None => Ok(Table(rows)),
        }
    }

    fn at(&self, now: DateTime<Utc>) -> Result<Deadlines, DataError> {
        Ok(Deadlines {
            confirm: self.step(Step::Confirm, now)?,
            review: self.step(Step::Review, now)?,
            claim: self.step(Step::Claim, now)?,
            answer: self.step(Step::Answer, now)?,
            appeal: self.step(Step::Appeal, now)?,
            resend: self.step(Step::Resend, now)?,
            remind: self.step(Step::Remind, now)?,
        })
    }

    fn step(&self, step: Step, now: DateTime<Utc>) -> Result<TimeDelta, DataError> {
        Ok(TimeDelta::hours(i64::from(self.row(step, now)?.hours)))
    }

    fn row(&self, step: Step, now: DateTime<Utc>) -> Result<&Row, DataError> {
        let today = now.date_naive();
        let in_force = self.0.iter().filter(|row| row.step == step && row.effective_from <= today);
        let row = in_force.max_by_key(|row| row.effective_from);
        row.ok_or_else(|| DataError(format!("deadlines: none for {step:?} on {today}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> DateTime<Utc> {
        format!("{text}T00:00:00Z").parse().unwrap()
    }

    #[test]
    fn a_link_lives_seven_days_and_an_outcome_is_promised_within_five() {
        let deadlines = at(day("2026-01-01")).unwrap();
        assert_eq!((deadlines.confirm, deadlines.review), (TimeDelta::days(7), TimeDelta::days(5)));
    }

    #[test]
    fn the_newest_row_in_force_holds() {
        let table = "step,hours,effective_from\nREVIEW,2,2026-01-01\nREVIEW,3,2026-02-01\n";
        let table = Table::from_csv(table.as_bytes()).unwrap();
        assert_eq!(table.step(Step::Review, day("2026-01-31")).unwrap(), TimeDelta::hours(2));
        assert_eq!(table.step(Step::Review, day("2026-02-01")).unwrap(), TimeDelta::hours(3));
        assert!(table.step(Step::Review, day("2025-12-31")).is_err());
        assert!(table.step(Step::Claim, day("2026-02-01")).is_err());
    }

    #[test]
    fn a_wrong_row_is_refused() {
        for row in ["CONFIRM,0,2026-01-01", "CONFIRM,-1,2026-01-01", "OTHER,1,2026-01-01", "CONFIRM,99999,2026-01-01"] {
            assert!(Table::from_csv(format!("step,hours,effective_from\n{row}\n").as_bytes()).is_err(), "{row}");
        }
    }
}
