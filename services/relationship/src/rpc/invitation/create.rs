//! A partner invites: a reseller to a partnership, or a customer to reseller relationships.

mod terms;

use database::Error;
use ids::OrganizationId;
use runtime::{Caller, Fault, Outcome};
use wire::relationship as pb;

use super::draft::{self, Draft};
use super::mailed;
use crate::domain::event::{InvitationExpired, InvitationMailed};
use crate::domain::invitation::{Invitation, Kind, State, first_reminder};
use crate::domain::offer::Offer;
use crate::domain::organization::Parties;
use crate::domain::{Event, Refusal};
use crate::rpc::convert;
use crate::rpc::invitation::judge::Judge;
use crate::{App, Change, store};
use terms::Terms;

pub(crate) async fn create(
    app: &App,
    caller: &Caller,
    request: pb::CreateInvitationRequest,
) -> Result<pb::CreateInvitationResponse, Fault> {
    let draft = &draft::parse(&request)?;
    let (user, scope) = (caller.user()?, caller.scope()?);
    draft.may_be_sent_by(user)?;
    app.change(caller, &request, move |change: Change| async move {
        let (tx, now) = (&change.tx, change.now());
        let expire_time = draft.expire_time(app.service().config.invitation_time(), now)?;
        let judge = Judge::load(app, &change).await?;
        let terms = Terms::judge(&judge, tx, user.organization, draft).await?;
        let partners: Vec<_> = terms.provider.into_iter().chain(terms.reseller).collect();
        let invitation = Invitation {
            id: change.id(),
            version: 1,
            kind: draft.kind,
            sender: user.organization,
            provider: terms.provider,
            reseller: terms.reseller,
            location: draft.location,
            partnership: draft.partnership,
            recipient: terms.recipient,
            recipient_email: draft.recipient_email.clone(),
            message: draft.message.clone(),
            language: draft.language.clone(),
            admin_requests: draft.admin_requests(user.organization, &askers(draft, &partners, user.organization))?,
            expire_time,
            external_id: draft.external_id.clone(),
            generation: 1,
            nonce: change.nonce(),
            send_time: now,
            remind_time: first_reminder(expire_time, now),
            state: State::Pending,
            create_time: now,
            update_time: now,
            delivery: None,
        };
        let parties = store::organization::many(tx, invitation.parties()).await?;
        let mut events = insert(&change, &invitation, &parties).await?;
        mailed::count(app, &change, user.organization).await?;
        let offer = Offer::of(&invitation, &parties, now);
        let effects = effects(&offer, &parties, &invitation);
        events.push(Event::InvitationCreated(InvitationMailed::of(&invitation, &parties, &offer, &user.email)));
        let invitation = convert::invitation(&invitation, &parties, scope, now);
        Ok(Outcome::Done(pb::CreateInvitationResponse { invitation: Some(invitation), effects }, events))
    })
    .await
}

/// Who may ask for administration: a partnership gives it to its provider alone.
fn askers(draft: &Draft, partners: &[OrganizationId], sender: OrganizationId) -> Vec<OrganizationId> {
    match draft.kind {
        Kind::Partnership => vec![sender],
        Kind::Customer => partners.to_vec(),
    }
}

/// Adds the invitation. A dead one never blocks it: what time ended is closed first, and told of.
async fn insert(change: &Change, invitation: &Invitation, parties: &Parties) -> Result<Vec<Event>, Fault> {
    let (tx, now) = (&change.tx, change.now());
    if store::invitation::insert(tx, invitation).await? {
        return Ok(Vec::new());
    }
    // One that was answered meanwhile is in nobody's way when this runs again.
    let mut open = store::invitation::open(tx, invitation).await?.ok_or(Error::Contended)?;
    if open.expire(now).is_err() {
        return Err(Refusal::InvitationOpen(open.id).into());
    }
    store::invitation::save(tx, &mut open).await?;
    if store::invitation::insert(tx, invitation).await? {
        Ok(vec![Event::InvitationExpired(InvitationExpired::of(&open, parties))])
    } else {
        Err(Error::Contended.into())
    }
}

fn effects(offer: &Offer, parties: &Parties, invitation: &Invitation) -> Vec<String> {
    let until = invitation.expire_time.to_rfc3339();
    let mut effects =
        vec![format!("A mail with the link goes to {}, good until {until}.", invitation.recipient_email.as_str())];
    effects.extend(offer.consents.iter().map(|consent| {
        let partner = consent.partner.map(|partner| format!(" for {}", parties.name(partner))).unwrap_or_default();
        let need = if consent.required { "required" } else { "optional" };
        format!("The recipient is asked for the consent {}{partner} ({need}).", consent.kind.as_str())
    }));
    effects
}
