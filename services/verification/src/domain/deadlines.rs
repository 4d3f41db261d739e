//! How long each step may take, as in force at one time.

use chrono::TimeDelta;

/// The deadlines in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Deadlines {
    /// How long the link and code of a mail work, and so how long its recipient has.
    pub(crate) confirm: TimeDelta,
    /// How soon a reviewer's outcome is promised.
    pub(crate) review: TimeDelta,
    /// How long a reviewer holds a case by claiming it.
    pub(crate) claim: TimeDelta,
    /// How long the applicant has to answer a reviewer.
    pub(crate) answer: TimeDelta,
    /// How long the applicant has to appeal.
    pub(crate) appeal: TimeDelta,
    /// How long after a mail the next one to the same person may be asked for.
    pub(crate) resend: TimeDelta,
    /// How long before a deadline passes its owner is reminded.
    pub(crate) remind: TimeDelta,
}
