//! How many tokens that don't count one source may show: each costs a look at its signature.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use tonic::Code;

use crate::{Fault, Limits, Reason, source};

/// How long a source's failures count together, from the first on.
const WINDOW: Duration = Duration::from_secs(10);
/// As many sources are watched, the latest.
const WATCHED: u64 = 10_000;

/// Failures of each source in its present window: as many as it may make public calls at once.
pub(super) struct Failures {
    counts: Cache<IpAddr, Arc<AtomicU32>>,
    most: u32,
}

impl Failures {
    pub(super) fn new(limits: Limits) -> Failures {
        let counts = Cache::builder().max_capacity(WATCHED).eviction_policy(EvictionPolicy::lru()).time_to_live(WINDOW);
        Failures { counts: counts.build(), most: limits.burst.get() }
    }

    /// Refuses a source that failed too often to be looked at again for now.
    pub(super) fn refuse_many(&self, source: Option<IpAddr>) -> Result<(), Fault> {
        let count = self.counts.get(&source::network(source)).map_or(0, |count| count.load(Ordering::Relaxed));
        if count < self.most {
            return Ok(());
        }
        let message = "too many tokens from your address did not count: wait a little";
        Err(Fault::new(Code::ResourceExhausted, Reason::RateLimited, message).retry_after(WINDOW))
    }

    pub(super) fn note(&self, source: Option<IpAddr>) {
        self.counts.get_with(source::network(source), Arc::default).fetch_add(1, Ordering::Relaxed);
    }
}
