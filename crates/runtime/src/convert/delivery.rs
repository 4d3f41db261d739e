//! What became of a mail, from the wire and to it.

use addresses::Delivery;
use wire::types as pb;
use wire::types::delivery::State;

use super::timestamp;
use crate::Violations;

/// The longest reason.
const REASON: usize = 200;

/// As notification tells it.
pub fn read(v: &mut Violations, delivery: Option<&pb::Delivery>) -> Option<Delivery> {
    let given = v.check("delivery", delivery.ok_or("is required"))?;
    let state = v.choice::<State>("delivery.state", given.state);
    let reason = v.optional_text("delivery.reason", &given.reason, REASON).map(Option::unwrap_or_default);
    let at = v.time("delivery.time", given.time.as_ref());
    let (state, reason, at) = (state?, reason?, at?);
    Some(match state {
        State::Unspecified => return None,
        State::Sent => Delivery::Sent { at },
        State::Bounced => Delivery::Bounced { at, reason },
        State::Parked => Delivery::Parked { at, reason },
        State::Dropped => Delivery::Dropped { at, reason },
    })
}

/// As it is shown.
pub fn show(delivery: &Delivery) -> pb::Delivery {
    let (state, at, reason) = match delivery {
        Delivery::Sent { at } => (State::Sent, at, ""),
        Delivery::Bounced { at, reason } => (State::Bounced, at, reason.as_str()),
        Delivery::Parked { at, reason } => (State::Parked, at, reason.as_str()),
        Delivery::Dropped { at, reason } => (State::Dropped, at, reason.as_str()),
    };
    pb::Delivery { state: state.into(), reason: reason.to_owned(), time: Some(timestamp(*at)) }
}
