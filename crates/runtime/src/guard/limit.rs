//! How often one source may call without credential.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use tonic::Code;

use crate::{Fault, Limits, Reason, source};

/// From this many sources on, those that have been quiet are forgotten, once a second.
const CROWD: usize = 10_000;

pub(super) struct Limiter {
    sources: DefaultKeyedRateLimiter<IpAddr>,
    /// Each sweep looks at all of them, so a crowd that stays must not cause one per call.
    sweeps: DefaultDirectRateLimiter,
    crowd: usize,
    clock: DefaultClock,
}

impl Limiter {
    pub(super) fn new(limits: Limits) -> Limiter {
        let quota = Quota::per_second(limits.per_second).allow_burst(limits.burst);
        Limiter {
            sources: RateLimiter::keyed(quota),
            sweeps: RateLimiter::direct(Quota::per_second(NonZeroU32::MIN)),
            crowd: CROWD,
            clock: DefaultClock::default(),
        }
    }

    pub(super) fn admit(&self, source: Option<IpAddr>) -> Result<(), Fault> {
        if self.sources.len() > self.crowd && self.sweeps.check().is_ok() {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_is_looked_through_once_a_second_at_most() {
        // So many calls a second that each source is quiet again at once.
        let limits = Limits { per_second: NonZeroU32::MAX, burst: NonZeroU32::MAX, ..Limits::default() };
        let limiter = Limiter { crowd: 10, ..Limiter::new(limits) };
        let visit = |sources: std::ops::Range<u8>| {
            for last in sources {
                limiter.admit(Some(IpAddr::from([192, 0, 2, last]))).unwrap();
            }
            limiter.sources.len()
        };
        assert_eq!(visit(0..11), 11);
        assert_eq!(visit(11..12), 1, "the quiet ones were forgotten");
        assert_eq!(visit(12..40), 29, "no second sweep within the second");
    }
}
