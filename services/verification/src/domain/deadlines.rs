//! How long each step may take, as in force at one time.

use chrono::TimeDelta;

/// The deadlines in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Deadlines {
    /// How long the link and code of a mail work, and so how long its recipient has.
    pub(crate) confirm: TimeDelta,
    /// How soon a reviewer's outcome is promised.
    pub(crate) review: TimeDelta,
}
