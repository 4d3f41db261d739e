//! The rules that vetting goes by, as anybody may read them.

pub(super) mod list_evidence_policies;
pub(super) mod list_reasons;
pub(super) mod list_service_levels;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use prost_types::Timestamp;
use runtime::convert::timestamp;
use runtime::{Fault, Violations};

use crate::App;

/// The time asked about: now, when none is.
fn as_of(app: &App, mut v: Violations, time: Option<&Timestamp>) -> Result<DateTime<Utc>, Fault> {
    let time = v.optional_time("as_of_time", time);
    v.all((time,)).map(|(time,)| time.unwrap_or_else(|| app.now()))
}

/// Days begin at 00:00 UTC.
fn begins(day: NaiveDate) -> Option<Timestamp> {
    Some(timestamp(day.and_time(NaiveTime::MIN).and_utc()))
}
