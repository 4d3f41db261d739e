//! What a claim code is bound to.

use runtime::links::Bond;

use crate::domain::claim::Location;

pub(super) fn bond(location: &Location) -> Bond<'_> {
    Bond { purpose: "location-claim", id: location.id.uuid(), generation: 1, nonce: &location.nonce }
}
