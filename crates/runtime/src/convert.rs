//! Between the domain and the wire: times, and what became of mail.

pub mod delivery;

use chrono::{DateTime, TimeDelta, Utc};
use prost_types::{Duration, Timestamp};

/// A time for the wire.
pub fn timestamp(time: DateTime<Utc>) -> Timestamp {
    Timestamp { seconds: time.timestamp(), nanos: i32::try_from(time.timestamp_subsec_nanos()).unwrap_or(0) }
}

/// A duration for the wire.
pub fn duration(delta: TimeDelta) -> Duration {
    Duration { seconds: delta.num_seconds(), nanos: delta.subsec_nanos() }
}

/// A time from the wire, in whole microseconds; `None` outside the years 1 to 9999.
pub fn time(timestamp: &Timestamp) -> Option<DateTime<Utc>> {
    let nanos = u32::try_from(timestamp.nanos).ok()?;
    let time = DateTime::from_timestamp(timestamp.seconds, nanos)?;
    let in_range = (-62_135_596_800..253_402_300_800).contains(&timestamp.seconds);
    in_range.then(|| database::time::micros(time))
}
