//! One row of the table, and what it means that a row follows another.

use chrono::{DateTime, NaiveDate, Utc};

use crate::{CountryCode, Currency, RegionCode};

/// A country as the table has it for some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Market {
    /// Which country.
    pub country: CountryCode,
    /// Its name in English, as the source spells it.
    pub name: String,
    /// The region it belongs to.
    pub region: RegionCode,
    /// What it is billed in; empty where the source doesn't say.
    pub currencies: Vec<Currency>,
    /// The first day on which this holds; days begin at 00:00 UTC.
    pub effective_from: NaiveDate,
    /// The first day on which it no longer holds; none while it is open.
    pub effective_to: Option<NaiveDate>,
}

/// What becomes of one country on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change<'a> {
    /// The first day of the new answer.
    pub day: NaiveDate,
    /// Whose answer changes.
    pub country: CountryCode,
    /// What held until then; none for a new market.
    pub before: Option<&'a Market>,
    /// What holds from then on; none when it is a market no more.
    pub after: Option<&'a Market>,
}

impl Market {
    /// Whether this row is the one in force.
    pub fn holds(&self, on: DateTime<Utc>) -> bool {
        self.holds_on_day(on.date_naive())
    }

    pub(crate) fn holds_on_day(&self, day: NaiveDate) -> bool {
        self.effective_from <= day && self.effective_to.is_none_or(|end| day < end)
    }
}
