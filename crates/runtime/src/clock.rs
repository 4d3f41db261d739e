//! Business time: the system clock and an offset that a simulation sets.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

/// The one source of "now" for rules, stored times and back-off.
#[derive(Debug, Default)]
pub struct Clock {
    offset_seconds: AtomicI64,
}

impl Clock {
    /// Business time, in whole microseconds.
    pub fn now(&self) -> DateTime<Utc> {
        database::time::micros(system_time() + self.offset())
    }

    /// How far business time is ahead.
    pub fn offset(&self) -> TimeDelta {
        TimeDelta::seconds(self.offset_seconds.load(Ordering::Relaxed))
    }

    pub(crate) fn advance_to(&self, offset_seconds: i64) {
        self.offset_seconds.fetch_max(offset_seconds, Ordering::Relaxed);
    }
}

/// Real time, for what no simulation may move: tokens and timeouts.
#[expect(clippy::disallowed_methods, reason = "the one place where the system clock is read")]
pub fn system_time() -> DateTime<Utc> {
    Utc::now()
}
