//! Times as both databases keep them: whole microseconds, in UTC.

use chrono::{DateTime, SubsecRound, Utc};

/// Cuts a time to whole microseconds, so that it's the same before and after a round trip.
pub fn micros(time: DateTime<Utc>) -> DateTime<Utc> {
    time.trunc_subsecs(6)
}
