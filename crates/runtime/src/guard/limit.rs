//! How often one source may call without credential.

use std::net::IpAddr;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use tonic::Code;

use crate::{Fault, Limits, Reason, source};

/// From this many sources on, those that have been quiet are forgotten.
const CROWD: usize = 10_000;

pub(super) struct Limiter {
    sources: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
}

impl Limiter {
    pub(super) fn new(limits: Limits) -> Limiter {
        let quota = Quota::per_second(limits.per_second).allow_burst(limits.burst);
        Limiter { sources: RateLimiter::keyed(quota), clock: DefaultClock::default() }
    }

    pub(super) fn admit(&self, source: Option<IpAddr>) -> Result<(), Fault> {
        if self.sources.len() > CROWD {
            self.sources.retain_recent();
        }
        self.sources.check_key(&source::network(source)).map_err(|early| {
            // Whole milliseconds, and never none: a client that comes back at once would only be refused again.
            let wait = early.wait_time_from(self.clock.now()).max(Duration::from_millis(1));
            Fault::new(Code::ResourceExhausted, Reason::RateLimited, "too many calls from your address: wait a little")
                .retry_after(wait)
        })
    }
}
