//! The invited organization accepts: all that is asked comes to be in one transaction.

mod customer;
mod partnership;

use database::Scope;
use ids::{InvitationId, OrganizationId, kind};
use runtime::links::Presented;
use runtime::{Caller, Fault, Outcome, User, Violations};
use wire::relationship as pb;

use super::token;
use crate::domain::consent::{self, Asked, Given};
use crate::domain::event::InvitationAccepted;
use crate::domain::invitation::{Acceptor, Born, Invitation, Kind};
use crate::domain::offer::Offer;
use crate::domain::organization::Parties;
use crate::domain::{Event, Refusal};
use crate::rpc::{convert, record};
use crate::{App, Change, store};

/// An acceptance as it is asked for.
struct Acceptance {
    invitation: InvitationId,
    presented: Option<Presented>,
    revision: String,
    consents: Vec<Given>,
}

/// What both kinds of invitation need to come true.
struct Accepting<'a> {
    app: &'a App,
    change: &'a Change,
    invitation: &'a Invitation,
    user: &'a User,
    granted: &'a [&'a Asked],
}

/// What came to be.
struct Birth {
    born: Born,
    events: Vec<Event>,
    effects: Vec<String>,
}

pub(crate) async fn accept(
    app: &App,
    caller: &Caller,
    request: pb::AcceptInvitationRequest,
) -> Result<pb::AcceptInvitationResponse, Fault> {
    let asked = &parse(&request)?;
    let user = caller.user()?;
    let known = store::organization::get(app.database().reader(), user.organization).await?.is_some();
    let record = if known { None } else { record::read(app, caller, user.organization).await? };
    let record = record.as_ref();
    // The invitation need not name who holds its link, and the partnership is the partners'.
    app.change(&caller.beyond_its_wall(), &request, move |change: Change| async move {
        let (tx, now) = (&change.tx, change.now());
        if let Some(record) = record {
            record::apply(tx, record).await?;
        }
        let mut invitation = find(app, &change, user, asked).await?;
        let seen = invitation.parties().into_iter().chain([user.organization]);
        let parties = store::organization::many(tx, seen).await?;
        let acceptor = Acceptor {
            organization: user.organization,
            known: parties.get(user.organization),
            email: &user.email,
            by_link: asked.presented.is_some(),
        };
        invitation.may_be_accepted_by(&acceptor, now)?;
        store::invitation::hold(tx, &invitation).await?;
        let offer = Offer::of(&invitation, &parties, now);
        if offer.revision != asked.revision {
            return Err(Refusal::RevisionChanged.into());
        }
        let granted = &consent::judge(&offer.consents, &asked.consents)?;
        let accepting = Accepting { app, change: &change, invitation: &invitation, user, granted };
        let birth = match invitation.kind {
            Kind::Partnership => partnership::bear(&accepting, &parties).await?,
            Kind::Customer => customer::bear(&accepting, &parties).await?,
        };
        invitation.accept(user.organization, birth.born, now)?;
        store::invitation::save(tx, &mut invitation).await?;
        store::consent::insert(tx, invitation.id, granted, (user.organization, user.user), now).await?;
        let mut events = vec![accepted(&invitation, &parties, user.organization)];
        events.extend(birth.events);
        let scope = Scope::Organization(user.organization);
        let invitation = Some(convert::invitation(&invitation, &parties, scope, now));
        Ok(Outcome::Done(pb::AcceptInvitationResponse { invitation, effects: birth.effects }, events))
    })
    .await
}

fn parse(request: &pb::AcceptInvitationRequest) -> Result<Acceptance, Fault> {
    let mut v = Violations::of(request);
    let name = v.optional_name::<kind::Invitation>("name", &request.name);
    let token = if request.token.is_empty() { Some(None) } else { token::text(&mut v, &request.token).map(Some) };
    if request.name.is_empty() && request.token.is_empty() {
        v.add("name", "name or token is required");
    }
    let revision = v.text("revision", &request.revision, 64..=64);
    if request.consents.len() > 20 {
        v.add("consents", "at most 20");
    }
    let given: Option<Vec<_>> =
        request.consents.iter().take(20).enumerate().map(|(at, consent)| given(&mut v, at, consent)).collect();
    let (name, token, revision, consents) = v.all((name, token, revision, given))?;
    let presented = token.map(|token| token::read(&token)).transpose()?;
    let (presented, by_token) = presented.unzip();
    match (name, by_token) {
        // A link and a name of different invitations: the link proves nothing of that name.
        (Some(name), Some(other)) if name != other => Err(Refusal::TokenUnknown.into()),
        (name, by_token) => {
            let invitation = by_token.or(name).ok_or_else(Fault::missing)?;
            Ok(Acceptance { invitation, presented, revision, consents })
        }
    }
}

fn given(v: &mut Violations, at: usize, consent: &pb::Consent) -> Option<Given> {
    let kind = v.choice::<pb::ConsentKind>(&format!("consents[{at}].kind"), consent.kind);
    let partner = v.optional_name::<kind::Organization>(&format!("consents[{at}].partner"), &consent.partner);
    let kind = kind?.as_str_name().strip_prefix("CONSENT_KIND_")?.parse().ok()?;
    Some(Given { kind, partner: partner? })
}

/// By the link, whoever holds it; by the name, only whoever sees it.
async fn find(app: &App, change: &Change, user: &User, asked: &Acceptance) -> Result<Invitation, Fault> {
    match &asked.presented {
        Some(presented) => {
            let found = store::invitation::get(&change.tx, Scope::Link, asked.invitation).await?;
            let invitation = found.ok_or(Refusal::TokenUnknown)?;
            token::prove(app, presented, &invitation)?;
            Ok(invitation)
        }
        None => {
            let scope = Scope::Organization(user.organization);
            store::invitation::get(&change.tx, scope, asked.invitation).await?.ok_or_else(Fault::missing)
        }
    }
}

fn accepted(invitation: &Invitation, parties: &Parties, recipient: OrganizationId) -> Event {
    Event::InvitationAccepted(InvitationAccepted {
        invitation: invitation.id,
        kind: invitation.kind,
        parties: invitation.parties(),
        sender_name: parties.name(invitation.sender),
        recipient_name: parties.name(recipient),
        tell: parties.addressees(invitation.parties()),
    })
}

impl Accepting<'_> {
    /// Whether this consent was given.
    fn has(&self, kind: consent::Kind) -> Option<&Asked> {
        self.granted.iter().copied().find(|granted| granted.kind == kind)
    }
}
