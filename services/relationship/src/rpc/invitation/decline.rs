//! The recipient declines: by the link, whoever holds it; by the name, a global administrator of the invited organization.

use database::Scope;
use ids::{InvitationId, OrganizationId, kind};
use runtime::links::Presented;
use runtime::{Caller, Fault, Identity, Outcome, Reason, Role, Violations};
use tonic::Code;
use wire::relationship as pb;

use super::{draft, token};
use crate::domain::event::InvitationDeclined;
use crate::domain::invitation::{DeclineReason, Invitation};
use crate::domain::{Event, Refusal};
use crate::rpc::convert;
use crate::{App, Change, LINK_PURPOSE, store};

/// What is declined, and why.
struct Declining {
    invitation: InvitationId,
    by: Answering,
    reason: DeclineReason,
    text: String,
}

/// How somebody came by an invitation.
enum Answering {
    Link(Presented),
    Organization(OrganizationId),
}

pub(crate) async fn decline(
    app: &App,
    caller: &Caller,
    request: pb::DeclineInvitationRequest,
) -> Result<pb::Invitation, Fault> {
    let declining = &parse(caller, &request)?;
    let (caller, scope) = match &declining.by {
        Answering::Link(_) => (&caller.holding(LINK_PURPOSE, declining.invitation.uuid()), Scope::Link),
        Answering::Organization(own) => (caller, Scope::Organization(*own)),
    };
    app.change(caller, &request, move |change: Change| async move {
        let (tx, now) = (&change.tx, change.now());
        let found = store::invitation::get(tx, scope, declining.invitation).await?;
        let mut invitation = declining.by.may_answer(app, found)?;
        invitation.answerable(scope == Scope::Link, now)?;
        invitation.decline(declining.reason, declining.text.clone(), now)?;
        store::invitation::save(tx, &mut invitation).await?;
        let parties = store::organization::many(tx, invitation.parties()).await?;
        let declined = InvitationDeclined::of(&invitation, &parties, (declining.reason, &declining.text));
        let answer = convert::invitation(&invitation, &parties, scope, now);
        Ok(Outcome::Done(answer, vec![Event::InvitationDeclined(declined)]))
    })
    .await
}

impl Answering {
    /// The invitation, if it is theirs to answer.
    fn may_answer(&self, app: &App, found: Option<Invitation>) -> Result<Invitation, Fault> {
        match self {
            Answering::Link(presented) => {
                let invitation = found.ok_or(Refusal::TokenUnknown)?;
                token::prove(app, presented, &invitation)?;
                Ok(invitation)
            }
            Answering::Organization(own) => {
                let invitation = found.ok_or_else(Fault::missing)?;
                // Who is invited to be a customer proves it by the link.
                if invitation.recipient == Some(*own) { Ok(invitation) } else { Err(Refusal::RecipientMismatch.into()) }
            }
        }
    }
}

fn parse(caller: &Caller, request: &pb::DeclineInvitationRequest) -> Result<Declining, Fault> {
    let mut v = Violations::of(request);
    let name = v.optional_name::<kind::Invitation>("name", &request.name);
    let token = if request.token.is_empty() { Some(None) } else { token::text(&mut v, &request.token).map(Some) };
    if request.name.is_empty() == request.token.is_empty() {
        v.add("name", "name or token is required, and only one of them");
    }
    let reason = v.choice::<pb::DeclineReason>("reason", request.reason);
    let reason = reason.and_then(|reason| reason.as_str_name().strip_prefix("DECLINE_REASON_")?.parse().ok());
    let text = draft::plain(&mut v, "reason_text", &request.reason_text, 500);
    let (name, token, reason, text) = v.all((name, token, reason, text))?;
    let (invitation, by) = match (name, token) {
        (Some(name), _) => (name, Answering::Organization(governed(caller)?)),
        (None, token) => {
            let (presented, invitation) = token::read(&token.unwrap_or_default())?;
            (invitation, Answering::Link(presented))
        }
    };
    Ok(Declining { invitation, by, reason, text })
}

/// The organization that the caller governs.
fn governed(caller: &Caller) -> Result<OrganizationId, Fault> {
    if caller.identity == Identity::Anonymous {
        let message = "give the token of the link, or sign in for the invited organization";
        return Err(Fault::new(Code::Unauthenticated, Reason::CredentialMissing, message));
    }
    let user = caller.user()?;
    if user.roles.contains(&Role::GlobalAdmin) {
        Ok(user.organization)
    } else {
        Err(Fault::role_required(&[Role::GlobalAdmin]))
    }
}
