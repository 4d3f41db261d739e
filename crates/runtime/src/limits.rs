//! How much one source, one caller and one organization may ask.

use std::num::NonZeroU32;
use std::time::Duration;

/// Limits of calls, kept by each process for itself. Siblings have none: what they tell waits its turn where it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Calls per second that one source may go on making without credential.
    pub per_second: NonZeroU32,
    /// Calls that one source may make at once without credential.
    pub burst: NonZeroU32,
    /// Calls per second of one caller; at once twice as many, here and below.
    pub caller: NonZeroU32,
    /// Calls per second of one caller to one method.
    pub method: NonZeroU32,
    /// Calls per second of all callers of one organization.
    pub organization: NonZeroU32,
    /// Calls per second of one organization to what a service calls urgent. They count for none of the others.
    pub urgent: NonZeroU32,
    /// How long who watches may leave answers unread.
    pub patience: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        const PER_SECOND: NonZeroU32 = NonZeroU32::new(50).unwrap();
        const BURST: NonZeroU32 = NonZeroU32::new(200).unwrap();
        const CALLER: NonZeroU32 = NonZeroU32::new(1_000).unwrap();
        const METHOD: NonZeroU32 = NonZeroU32::new(500).unwrap();
        const ORGANIZATION: NonZeroU32 = NonZeroU32::new(2_000).unwrap();
        const URGENT: NonZeroU32 = NonZeroU32::new(20_000).unwrap();
        Limits {
            per_second: PER_SECOND,
            burst: BURST,
            caller: CALLER,
            method: METHOD,
            organization: ORGANIZATION,
            urgent: URGENT,
            patience: Duration::from_secs(10),
        }
    }
}
