//! How much of what one source may ask without credential, and how long a watcher is waited for.

use std::num::NonZeroU32;
use std::time::Duration;

/// Limits of public RPCs for each source address, and of those who watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Calls per second that one source may go on making.
    pub per_second: NonZeroU32,
    /// Calls that one source may make at once.
    pub burst: NonZeroU32,
    /// How long who watches may leave answers unread.
    pub patience: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        const PER_SECOND: NonZeroU32 = NonZeroU32::new(50).unwrap();
        const BURST: NonZeroU32 = NonZeroU32::new(200).unwrap();
        Limits { per_second: PER_SECOND, burst: BURST, patience: Duration::from_secs(10) }
    }
}
