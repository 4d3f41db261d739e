//! Where a sibling's message comes from.

use ids::Id;
use wire::Request;
use wire::types::Origin;

use crate::{Caller, Fault, Identity, Violations};

/// The origin of a sibling's call: there, whole, and the sibling's own.
pub(super) fn of<'r, R: Request>(caller: &Caller, request: &'r R) -> Result<&'r Origin, Fault> {
    let mut violations = Violations::of(request);
    let Some(origin) = request.origin() else {
        violations.add("origin", "is required");
        return Err(violations.done().err().unwrap_or_else(Fault::missing));
    };
    let own = matches!(caller.identity, Identity::Service(service) if service.as_str() == origin.source);
    if !own {
        violations.add("origin.source", "must be the calling service");
    }
    let event = violations.check("origin.event_id", origin.event_id.parse::<Id<ids::kind::Event>>());
    let subject = violations.text("origin.subject", &origin.subject, 1..=200);
    if origin.epoch < 1 || origin.version < 1 {
        violations.add("origin", "epoch and version must be at least 1");
    }
    let time = violations.time("origin.occur_time", origin.occur_time.as_ref());
    let _ = violations.optional_text("origin.request_id", &origin.request_id, 36);
    let _ = violations.optional_text("origin.trace_parent", &origin.trace_parent, 64);
    violations.all((event, subject, time)).map(|_| origin)
}
