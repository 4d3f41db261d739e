//! The sender takes an open invitation back: its link opens nothing from then on.

use database::Scope;
use ids::{OrganizationId, kind};
use runtime::{Caller, Fault, Outcome, Reason, Violations};
use tonic::Code;
use wire::relationship as pb;

use crate::domain::Event;
use crate::domain::event::InvitationRevoked;
use crate::domain::invitation::Invitation;
use crate::rpc::convert;
use crate::{App, Change, store};

pub(crate) async fn revoke(
    app: &App,
    caller: &Caller,
    request: pb::RevokeInvitationRequest,
) -> Result<pb::Invitation, Fault> {
    let mut v = Violations::of(&request);
    let name = v.name::<kind::Invitation>("name", &request.name);
    let (id,) = v.all((name,))?;
    let own = caller.organization()?;
    let asked = &request;
    app.change(caller, &request, move |change: Change| async move {
        let (tx, now, scope) = (&change.tx, change.now(), Scope::Organization(own));
        let found = store::invitation::get(tx, scope, id).await?;
        let mut invitation = found.ok_or_else(Fault::missing)?;
        senders_own(&invitation, own)?;
        Fault::unless_fresh(&asked.etag, invitation.version)?;
        invitation.revoke(now)?;
        store::invitation::save(tx, &mut invitation).await?;
        let parties = store::organization::many(tx, invitation.parties()).await?;
        let revoked = InvitationRevoked::of(&invitation, &parties);
        let answer = convert::invitation(&invitation, &parties, scope, now);
        Ok(Outcome::Done(answer, vec![Event::InvitationRevoked(revoked)]))
    })
    .await
}

/// Others who see an invitation can't take it back or send it again.
pub(super) fn senders_own(invitation: &Invitation, own: OrganizationId) -> Result<(), Fault> {
    if invitation.sender == own {
        return Ok(());
    }
    Err(Fault::new(Code::PermissionDenied, Reason::RoleRequired, "only the sender does this"))
}
