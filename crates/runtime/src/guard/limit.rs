//! How often one source may call without credential, and how often one caller and one organization with it.

use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use tonic::Code;

use crate::{Caller, Fault, Identity, Limits, Reason, source};

/// From this many keys on, those that have been quiet are forgotten, once a second.
const CROWD: usize = 10_000;
const TWICE: NonZeroU32 = NonZeroU32::new(2).unwrap();

pub(super) struct Limiter {
    sources: Buckets<IpAddr>,
    callers: Buckets<u64>,
    methods: Buckets<u64>,
    organizations: Buckets<u64>,
    urgent: Buckets<u64>,
    /// The paths of urgent calls.
    paths: &'static [&'static str],
    /// What is counted by a digest needs as little room whatever its name. Its key is secret, so nobody can find a name that counts for another.
    digest: RandomState,
}

impl Limiter {
    pub(super) fn new(limits: Limits, urgent: &'static [&'static str]) -> Limiter {
        let twice =
            |per_second: NonZeroU32| Quota::per_second(per_second).allow_burst(per_second.saturating_mul(TWICE));
        Limiter {
            sources: Buckets::new("source", Quota::per_second(limits.per_second).allow_burst(limits.burst)),
            callers: Buckets::new("caller", twice(limits.caller)),
            methods: Buckets::new("method", twice(limits.method)),
            organizations: Buckets::new("organization", twice(limits.organization)),
            urgent: Buckets::new("urgent", twice(limits.urgent)),
            paths: urgent,
            digest: RandomState::new(),
        }
    }

    /// Counts a call without credential.
    pub(super) fn admit(&self, source: Option<IpAddr>) -> Result<(), Fault> {
        self.sources.admit(&source::network(source))
    }

    /// Counts a call of somebody who is known.
    pub(super) fn count(&self, caller: &Caller) -> Result<(), Fault> {
        if matches!(caller.identity, Identity::Anonymous | Identity::Service(_) | Identity::Sweep) {
            return Ok(());
        }
        let who = caller.key();
        let organization = caller.on_behalf_of().map(|organization| self.digest.hash_one(organization));
        if self.paths.contains(&caller.method.as_str()) {
            return self.urgent.admit(&organization.unwrap_or_else(|| self.digest.hash_one(&who)));
        }
        self.methods.admit(&self.digest.hash_one((&who, &caller.method)))?;
        self.callers.admit(&self.digest.hash_one(&who))?;
        organization.map_or(Ok(()), |organization| self.organizations.admit(&organization))
    }
}

/// One limit for each of many.
struct Buckets<K: Clone + Eq + Hash> {
    what: &'static str,
    buckets: DefaultKeyedRateLimiter<K>,
    /// Each sweep looks at all of them, so a crowd that stays must not cause one per call.
    sweeps: DefaultDirectRateLimiter,
    crowd: usize,
    clock: DefaultClock,
}

impl<K: Clone + Eq + Hash> Buckets<K> {
    fn new(what: &'static str, quota: Quota) -> Buckets<K> {
        Buckets {
            what,
            buckets: RateLimiter::keyed(quota),
            sweeps: RateLimiter::direct(Quota::per_second(NonZeroU32::MIN)),
            crowd: CROWD,
            clock: DefaultClock::default(),
        }
    }

    fn admit(&self, key: &K) -> Result<(), Fault> {
        if self.buckets.len() > self.crowd && self.sweeps.check().is_ok() {
            self.buckets.retain_recent();
        }
        self.buckets.check_key(key).map_err(|early| {
            // Whole milliseconds, and never none: a client that comes back at once would only be refused again.
            let wait = early.wait_time_from(self.clock.now()).max(Duration::from_millis(1));
            let message = match self.what {
                "source" => "too many calls from your address: wait a little",
                "organization" => "too many calls of your organization: wait a little",
                _ => "too many calls: wait a little",
            };
            Fault::new(Code::ResourceExhausted, Reason::RateLimited, message).with("limit", self.what).retry_after(wait)
        })
    }
}

#[cfg(test)]
mod tests {
    use ids::Id;
    use uuid::Uuid;

    use super::*;
    use crate::{Application, User};

    #[test]
    fn a_crowd_is_looked_through_once_a_second_at_most() {
        // So many calls a second that each is quiet again at once.
        let quota = Quota::per_second(NonZeroU32::MAX).allow_burst(NonZeroU32::MAX);
        let buckets = Buckets { crowd: 10, ..Buckets::new("source", quota) };
        let visit = |keys: std::ops::Range<u64>| {
            for key in keys {
                buckets.admit(&key).unwrap();
            }
            buckets.buckets.len()
        };
        assert_eq!(visit(0..11), 11);
        assert_eq!(visit(11..12), 1, "the quiet ones were forgotten");
        assert_eq!(visit(12..40), 29, "no second sweep within the second");
    }

    #[test]
    fn who_is_refused_is_told_whose_calls_are_too_many() {
        let said = |what| {
            let buckets = Buckets::new(what, Quota::per_second(NonZeroU32::MIN));
            buckets.admit(&1).unwrap();
            buckets.admit(&1).unwrap_err().into_status().message().to_owned()
        };
        let told = ["source", "organization", "caller"].map(said);
        for (told, whose) in told.iter().zip(["calls from your address", "calls of your organization", "calls:"]) {
            assert!(told.starts_with(&format!("too many {whose}")), "{told}");
        }
    }

    const CHECK: &str = "/a/Check";

    fn limiter() -> Limiter {
        let few = |number| NonZeroU32::new(number).unwrap();
        // Twice as many at once; a second brings so few that none comes back while this runs.
        let limits =
            Limits { method: few(1), caller: few(2), organization: few(3), urgent: few(4), ..Limits::default() };
        Limiter::new(limits, &[CHECK])
    }

    fn caller(user: u128, organization: u128, method: &str) -> Caller {
        let user = User {
            person: Id::from_uuid(Uuid::from_u128(user)),
            user: Id::from_uuid(Uuid::from_u128(user)),
            organization: Id::from_uuid(Uuid::from_u128(organization)),
            email: String::new(),
            display_name: String::new(),
            roles: Vec::new(),
            operator: false,
        };
        Caller::new(Identity::User(user), method)
    }

    fn application(application: u128, organization: u128, method: &str) -> Caller {
        let (application, organization) = (Uuid::from_u128(application), Uuid::from_u128(organization));
        let (application, organization) = (Id::from_uuid(application), Id::from_uuid(organization));
        Caller::new(Identity::Application(Application { application, organization, roles: Vec::new() }), method)
    }

    /// How many such calls are let in, and what the next is refused for.
    fn let_in(limiter: &Limiter, caller: &Caller) -> (usize, String) {
        use tonic_types::StatusExt;
        let mut count = 0;
        loop {
            match limiter.count(caller) {
                Ok(()) => count += 1,
                Err(fault) => {
                    let status = fault.into_status();
                    assert!(status.get_details_retry_info().unwrap().retry_delay.unwrap() > Duration::ZERO);
                    return (count, status.get_details_error_info().unwrap().metadata["limit"].clone());
                }
            }
            assert!(count < 100, "nothing is refused");
        }
    }

    #[test]
    fn a_caller_a_method_and_an_organization_have_their_limits_and_urgent_calls_their_own() {
        let limiter = limiter();
        let of = |limit: &str, count| (count, limit.to_owned());
        assert_eq!(let_in(&limiter, &caller(1, 1, "/a/B")), of("method", 2));
        assert_eq!(let_in(&limiter, &caller(1, 1, "/a/C")), of("method", 2));
        assert_eq!(let_in(&limiter, &caller(1, 1, "/a/D")), of("caller", 0), "four in all");
        assert_eq!(let_in(&limiter, &caller(2, 1, "/a/B")), of("method", 2));
        assert_eq!(let_in(&limiter, &caller(3, 1, "/a/B")), of("organization", 0), "six in all");
        assert_eq!(let_in(&limiter, &caller(4, 2, "/a/B")), of("method", 2), "another organization");
        assert_eq!(let_in(&limiter, &caller(1, 1, CHECK)), of("urgent", 8), "what waits for an answer goes on");
    }

    #[test]
    fn r67_an_application_has_the_limits_of_a_caller_and_those_of_its_organization() {
        let limiter = limiter();
        let of = |limit: &str, count| (count, limit.to_owned());
        assert_eq!(let_in(&limiter, &application(1, 1, "/a/B")), of("method", 2));
        assert_eq!(let_in(&limiter, &application(1, 1, "/a/C")), of("method", 2));
        assert_eq!(let_in(&limiter, &application(1, 1, "/a/D")), of("caller", 0), "four in all");
        assert_eq!(let_in(&limiter, &caller(1, 1, "/a/B")), of("method", 2), "a user of the same number is another");
        assert_eq!(
            let_in(&limiter, &application(2, 1, "/a/B")),
            of("organization", 0),
            "six in all, people and machines"
        );
        assert_eq!(let_in(&limiter, &application(1, 1, CHECK)), of("urgent", 8), "what orders wait for goes on");
        assert_eq!(let_in(&limiter, &application(2, 1, CHECK)), of("urgent", 0), "for all of its applications");
        assert_eq!(let_in(&limiter, &application(3, 2, CHECK)), of("urgent", 8), "and apart from others'");
    }

    #[test]
    fn siblings_and_who_shows_no_credential_are_not_counted_as_callers() {
        let limiter = limiter();
        for unlimited in [Identity::Service(crate::ServiceName::Enrollment), Identity::Anonymous] {
            let caller = Caller::new(unlimited, "/a/B");
            assert!((0..100).all(|_| limiter.count(&caller).is_ok()));
        }
    }
}
