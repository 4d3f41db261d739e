//! How often one source may call without credential.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use tonic::Code;

use crate::{Fault, Limits, Reason};

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
        let key = key(source);
        self.sources.check_key(&key).map_err(|early| {
            // Whole milliseconds, and never none: a client that comes back at once would only be refused again.
            let wait = early.wait_time_from(self.clock.now()).max(Duration::from_millis(1));
            Fault::new(Code::ResourceExhausted, Reason::RateLimited, "too many calls from your address: wait a little")
                .retry_after(wait)
        })
    }
}

/// Whoever holds one IPv6 address holds its whole /64. Connections without address share one allowance.
fn key(source: Option<IpAddr>) -> IpAddr {
    match source {
        Some(IpAddr::V6(ip)) => {
            let [a, b, c, d, ..] = ip.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        Some(ip) => ip,
        None => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    }
}
