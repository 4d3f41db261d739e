//! Which service calls which, as the policies of those that are called have it.

use std::collections::BTreeSet;

use enrollment::Enrollment;
use notification::Notification;
use relationship::Relationship;
use runtime::guard::RUNTIME_POLICY;
use runtime::{Policy, Rule, Service as _, ServiceName};
use verification::Verification;

/// The siblings that call a service: those that its peer RPCs are for, and all others for the keys that enrollment gives.
pub fn callers(service: ServiceName) -> BTreeSet<ServiceName> {
    let policy = match service {
        ServiceName::Enrollment => Enrollment::POLICY,
        ServiceName::Verification => Verification::POLICY,
        ServiceName::Relationship => Relationship::POLICY,
        ServiceName::Notification => Notification::POLICY,
    };
    let mut callers = peers(policy);
    match service {
        ServiceName::Enrollment => callers.extend(ServiceName::ALL.into_iter().filter(|name| *name != service)),
        _ => callers.extend(peers(RUNTIME_POLICY)),
    }
    callers
}

fn peers(policy: Policy) -> BTreeSet<ServiceName> {
    let rows = policy.iter().map(|(_, rule)| if let Rule::Peer(peers) = rule { *peers } else { &[] });
    rows.flatten().copied().collect()
}
