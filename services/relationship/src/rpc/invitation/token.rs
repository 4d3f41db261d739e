//! From the token of a mailed link to its invitation: proven, and of the newest generation.

use ids::InvitationId;
use runtime::links::Presented;
use runtime::{Links, Violations};

use crate::domain::Refusal;
use crate::domain::invitation::Invitation;
use crate::{App, LINK_PURPOSE};

/// A token of the right length; whether it is one at all is told as unknown, not as wrong.
pub(super) fn text(v: &mut Violations, value: &str) -> Option<String> {
    v.text("token", value, 1..=120)
}

/// The invitation that a token names.
pub(super) fn read(token: &str) -> Result<(Presented, InvitationId), Refusal> {
    let presented = Links::read(token).ok_or(Refusal::TokenUnknown)?;
    let id = InvitationId::from_uuid(presented.id);
    Ok((presented, id))
}

/// Whether the token was made by us for this invitation, and is the newest.
pub(super) fn prove(app: &App, presented: &Presented, invitation: &Invitation) -> Result<(), Refusal> {
    if !app.links().proves(presented, LINK_PURPOSE, &invitation.nonce) {
        return Err(Refusal::TokenUnknown);
    }
    if presented.generation < invitation.generation {
        return Err(Refusal::TokenSuperseded);
    }
    Ok(())
}
