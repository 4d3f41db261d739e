//! From the domain to the wire. Codes of the domain are the names of the wire's enum values without their prefix.

use chrono::{DateTime, Utc};
use database::Scope;
use ids::{Id, OrganizationId};
use prost_types::Timestamp;
use runtime::convert::{delivery, duration, timestamp};
use wire::relationship as pb;
use wire::types::Party;

use crate::domain::admin_grant::{AdminGrant, Parent};
use crate::domain::consent;
use crate::domain::eligibility::{Actor, Fact, Ineligibility, Remedy};
use crate::domain::invitation::{AdminRequest, Born, Invitation, State};
use crate::domain::offer::Offer;
use crate::domain::organization::Parties;
use crate::domain::partnership::Partnership;
use crate::domain::reseller_relationship::ResellerRelationship;
use crate::domain::state::State as Bond;

/// An enum value of the wire by the domain's code.
macro_rules! wire {
    ($wire:ty, $prefix:literal, $code:expr) => {
        <$wire>::from_str_name(&format!(concat!($prefix, "_{}"), $code.as_str())).unwrap_or_default() as i32
    };
}

/// A code of the domain by the wire's enum value, where the request gave one.
macro_rules! code {
    ($value:expr, $prefix:literal) => {
        $value.map(|value| value.and_then(|value| value.as_str_name().strip_prefix($prefix)?.parse().ok()))
    };
}

pub(crate) use code;

fn name<K: ids::Kind>(id: Option<Id<K>>) -> String {
    id.map(Id::name).unwrap_or_default()
}

/// An invitation as this scope may see it: the address, and what became of the mail, are for the side that invites.
pub(crate) fn invitation(
    invitation: &Invitation,
    parties: &Parties,
    scope: Scope,
    now: DateTime<Utc>,
) -> pb::Invitation {
    let knows_address = match scope {
        Scope::Organization(own) => invitation.is_inviting(own),
        Scope::Operator | Scope::Peer => true,
        // Whoever holds the link alone learns no more than the link shows.
        Scope::Link => false,
    };
    let (result_partnership, result_relationships) = match &invitation.state {
        State::Accepted(Born::Partnership(partnership)) => (partnership.name(), Vec::new()),
        State::Accepted(Born::Relationships(born)) => (String::new(), born.iter().map(|id| id.name()).collect()),
        _ => Default::default(),
    };
    let (decline_reason, decline_reason_text) = match &invitation.state {
        State::Declined { reason, text } => (wire!(pb::DeclineReason, "DECLINE_REASON", reason), text.clone()),
        _ => Default::default(),
    };
    pb::Invitation {
        name: invitation.id.name(),
        uid: invitation.id.to_string(),
        etag: invitation.version.to_string(),
        kind: wire!(pb::invitation::Kind, "KIND", invitation.kind),
        sender: invitation.sender.name(),
        location: name(invitation.location),
        partnership: name(invitation.partnership),
        recipient_email: if knows_address { invitation.recipient_email.clone().into() } else { String::new() },
        message: invitation.message.clone(),
        language_code: invitation.language.to_string(),
        admin_requests: invitation.admin_requests.iter().map(admin_request).collect(),
        state: wire!(pb::invitation::State, "STATE", invitation.stage_at(now)),
        expire_time: Some(timestamp(invitation.expire_time)),
        external_id: if knows_address { invitation.external_id.clone() } else { String::new() },
        revision: Offer::of(invitation, parties, now).revision,
        recipient: name(invitation.recipient),
        result_partnership,
        result_relationships,
        create_time: Some(timestamp(invitation.create_time)),
        update_time: Some(timestamp(invitation.update_time)),
        delivery: invitation.delivery.as_ref().filter(|_| knows_address).map(delivery::show),
        send_time: Some(timestamp(invitation.send_time)),
        resend_count: i32::try_from(invitation.resends()).unwrap_or(i32::MAX),
        decline_reason,
        decline_reason_text,
        consents: Vec::new(),
        given_consents: Vec::new(),
    }
}

fn admin_request(request: &AdminRequest) -> pb::AdminRequest {
    pb::AdminRequest {
        grantee: OrganizationId::from_uuid(request.grantee).name(),
        directory_roles: request.roles.clone(),
        duration_days: request.days,
    }
}

/// What the holder of a link is shown.
pub(crate) fn offer(invitation: &Invitation, offer: Offer, now: DateTime<Utc>) -> pb::InvitationOffer {
    pb::InvitationOffer {
        name: invitation.id.name(),
        kind: wire!(pb::invitation::Kind, "KIND", invitation.kind),
        state: wire!(pb::invitation::State, "STATE", invitation.stage_at(now)),
        sender_name: offer.sender_name,
        provider_name: offer.provider_name,
        reseller_name: offer.reseller_name,
        message: invitation.message.clone(),
        consents: offer.consents.into_iter().map(consent).collect(),
        expire_time: Some(timestamp(invitation.expire_time)),
        revision: offer.revision,
    }
}

pub(crate) fn consent(asked: consent::Asked) -> pb::ConsentOffer {
    pb::ConsentOffer {
        kind: wire!(pb::ConsentKind, "CONSENT_KIND", asked.kind),
        partner: name(asked.partner),
        required: asked.required,
        directory_roles: asked.roles,
        duration_days: asked.days,
        text: asked.text,
        text_version: asked.text_version.to_owned(),
        text_sha256: asked.text_sha256,
    }
}

/// A consent as it was given; who gave it is for its own organization.
pub(crate) fn given_consent(kept: &consent::Kept, scope: Scope) -> pb::GivenConsent {
    let giver = kept.organization.child(kept.given_by);
    pb::GivenConsent {
        kind: wire!(pb::ConsentKind, "CONSENT_KIND", kept.kind),
        partner: kept.partner.clone(),
        text_version: kept.text_version.clone(),
        text_sha256: kept.text_sha256.clone(),
        give_time: Some(timestamp(kept.time)),
        giver: if scope.permits(kept.organization) { giver } else { String::new() },
    }
}

/// A partnership, without its blockers.
pub(crate) fn partnership(partnership: &Partnership, parties: &Parties) -> pb::Partnership {
    let (suspend_time, end_time) = times(partnership.state);
    pb::Partnership {
        name: partnership.id.name(),
        uid: partnership.id.to_string(),
        etag: partnership.version.to_string(),
        provider: partnership.provider.name(),
        provider_name: parties.name(partnership.provider),
        reseller: partnership.reseller.name(),
        reseller_name: parties.name(partnership.reseller),
        state: wire!(pb::partnership::State, "STATE", partnership.state.stage()),
        orders_allowed: partnership.orders_allowed,
        blockers: Vec::new(),
        create_time: Some(timestamp(partnership.create_time)),
        update_time: Some(timestamp(partnership.update_time)),
        end_time,
        suspended_by: name(partnership.state.suspended_by()),
        suspend_time,
    }
}

/// Since when it is suspended, and when it ended.
fn times(state: Bond) -> (Option<Timestamp>, Option<Timestamp>) {
    match state {
        Bond::Active => (None, None),
        Bond::Suspended { at, .. } => (Some(timestamp(at)), None),
        Bond::Ended { at } => (None, Some(timestamp(at))),
    }
}

pub(crate) fn reseller_relationship(
    relationship: &ResellerRelationship,
    parties: &Parties,
) -> pb::ResellerRelationship {
    let (suspend_time, end_time) = times(relationship.state);
    pb::ResellerRelationship {
        name: relationship.id.name(),
        uid: relationship.id.to_string(),
        etag: relationship.version.to_string(),
        partner: relationship.partner.name(),
        customer: relationship.customer.name(),
        customer_name: parties.name(relationship.customer),
        capacity: wire!(pb::reseller_relationship::Capacity, "CAPACITY", relationship.capacity),
        partnership: name(relationship.partnership),
        state: wire!(pb::reseller_relationship::State, "STATE", relationship.state.stage()),
        create_time: Some(timestamp(relationship.create_time)),
        update_time: Some(timestamp(relationship.update_time)),
        suspended_by: name(relationship.state.suspended_by()),
        suspend_time,
        end_time,
    }
}

pub(crate) fn admin_grant(grant: &AdminGrant, now: DateTime<Utc>) -> pb::AdminGrant {
    pb::AdminGrant {
        name: grant.id.name(),
        uid: grant.id.to_string(),
        etag: grant.version.to_string(),
        grantor: grant.grantor.name(),
        grantee: grant.grantee.name(),
        directory_roles: grant.roles.clone(),
        parent: match grant.parent {
            Parent::Partnership(partnership) => partnership.name(),
            Parent::Relationship(relationship) => relationship.name(),
        },
        state: wire!(pb::admin_grant::State, "STATE", grant.state_at(now)),
        expire_time: Some(timestamp(grant.expire_time)),
        create_time: Some(timestamp(grant.create_time)),
        update_time: Some(timestamp(grant.update_time)),
    }
}

pub(crate) fn ineligibility(found: Ineligibility) -> pb::Ineligibility {
    let Remedy { text, actor, method } = found.remedy;
    pb::Ineligibility {
        reason: wire!(pb::IneligibilityReason, "INELIGIBILITY_REASON", found.reason),
        remedy: text.to_owned(),
        actor: party(actor) as i32,
        organization: found.organization.name(),
        method: method.to_owned(),
    }
}

pub(crate) fn party(actor: Actor) -> Party {
    match actor {
        Actor::GlobalAdmin => Party::GlobalAdmin,
        Actor::Provider => Party::Provider,
        Actor::Reseller => Party::Reseller,
        Actor::Customer => Party::Customer,
        Actor::Reviewer => Party::Reviewer,
        Actor::Operator => Party::Operator,
        Actor::Nobody => Party::Nobody,
    }
}

pub(crate) fn fact(fact: Fact) -> pb::Fact {
    pb::Fact { resource: fact.resource, version: fact.version, state: fact.state, age: fact.age.map(duration) }
}

#[cfg(test)]
mod tests;
