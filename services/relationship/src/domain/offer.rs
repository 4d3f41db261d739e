//! What an invitation asks, in full: what Inspect shows, and the hash that accepting must name.

use chrono::{DateTime, Utc};
use ids::OrganizationId;

use super::consent::{Asked, Kind, sha256};
use super::directory_role;
use super::invitation::{AdminRequest, Invitation, Kind as Leads};
use super::organization::Parties;
use super::text::{self, Topic};

/// What an invitation asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offer {
    pub(crate) sender_name: String,
    pub(crate) provider_name: String,
    pub(crate) reseller_name: String,
    pub(crate) consents: Vec<Asked>,
    pub(crate) revision: String,
}

impl Offer {
    /// The offer as it stands now, in the language of the invitation.
    pub(crate) fn of(invitation: &Invitation, parties: &Parties, now: DateTime<Utc>) -> Offer {
        let name = |id: Option<OrganizationId>| id.map(|id| parties.name(id)).unwrap_or_default();
        let mut offer = Offer {
            sender_name: parties.name(invitation.sender),
            provider_name: name(invitation.provider),
            reseller_name: name(invitation.reseller),
            consents: consents(invitation, parties, now),
            revision: String::new(),
        };
        offer.revision = offer.hash(invitation);
        offer
    }

    fn hash(&self, invitation: &Invitation) -> String {
        let expire_time = invitation.expire_time.to_rfc3339();
        let mut shown = Vec::new();
        let mut show = |part: &str| {
            shown.extend_from_slice(&(part.len() as u64).to_be_bytes());
            shown.extend_from_slice(part.as_bytes());
        };
        show(&invitation.id.name());
        show(invitation.kind.as_str());
        for part in [&self.sender_name, &self.provider_name, &self.reseller_name, &invitation.message, &expire_time] {
            show(part);
        }
        for consent in &self.consents {
            show(consent.kind.as_str());
            show(&consent.partner.map(OrganizationId::name).unwrap_or_default());
            show(if consent.required { "required" } else { "optional" });
            show(&consent.roles.join(","));
            show(&consent.days.to_string());
            show(consent.text_version);
            show(&consent.text);
        }
        sha256(&shown)
    }
}

fn consents(invitation: &Invitation, parties: &Parties, now: DateTime<Utc>) -> Vec<Asked> {
    let mut asked = Vec::new();
    let about = |kind, topic, partner: Option<OrganizationId>, required| {
        let name = partner.map(|partner| parties.name(partner)).unwrap_or_default();
        let text = text::find(topic, &invitation.language, now, &[("partner", &name)]);
        Asked {
            kind,
            partner,
            required,
            roles: Vec::new(),
            days: 0,
            text_sha256: sha256(text.text.as_bytes()),
            text: text.text,
            text_version: text.version,
        }
    };
    match invitation.kind {
        Leads::Partnership => {
            asked.push(about(Kind::PartnershipTerms, Topic::PartnershipTerms, invitation.provider, true));
            asked.push(about(Kind::OrderSubmission, Topic::OrderSubmission, invitation.provider, false));
        }
        Leads::Customer => {
            let provider = invitation.provider.map(|partner| (Topic::ProviderRelationship, partner));
            let reseller = invitation.reseller.map(|partner| (Topic::ResellerRelationship, partner));
            for (topic, partner) in provider.into_iter().chain(reseller) {
                asked.push(about(Kind::ResellerRelationship, topic, Some(partner), true));
            }
            asked.push(about(Kind::CustomerAgreement, Topic::CustomerAgreement, None, true));
        }
    }
    asked.extend(invitation.admin_requests.iter().map(|request| administration(invitation, request, parties, now)));
    asked
}

fn administration(invitation: &Invitation, request: &AdminRequest, parties: &Parties, now: DateTime<Utc>) -> Asked {
    let grantee = OrganizationId::from_uuid(request.grantee);
    let titles: Vec<_> =
        request.roles.iter().map(|role| directory_role::find(role).map_or(role.as_str(), |role| role.title)).collect();
    let days = request.days.to_string();
    let values = [("roles", titles.join(", ")), ("days", days), ("partner", parties.name(grantee))];
    let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let text = text::find(Topic::DelegatedAdmin, &invitation.language, now, &values);
    Asked {
        kind: Kind::DelegatedAdmin,
        partner: Some(grantee),
        required: false,
        roles: request.roles.clone(),
        days: request.days,
        text_sha256: sha256(text.text.as_bytes()),
        text: text.text,
        text_version: text.version,
    }
}

#[cfg(test)]
mod tests;
