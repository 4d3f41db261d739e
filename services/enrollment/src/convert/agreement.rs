//! Locations, pre-approvals and agreements for the wire.

use ids::PartnerLocationId;
use runtime::convert::timestamp;
use wire::ErrorReason as _;
use wire::enrollment as pb;

use crate::domain::agreement::Template;
use crate::domain::claim::{Location, LocationState, Misfit};
use crate::domain::coverage::{Cover, Covering};
use crate::store::preapproval::Preapproval;

/// A location as its organization sees it: in this country, with another one associated or without.
pub(crate) fn location(location: &Location, organization_country: &str, has_another: bool) -> pb::PartnerLocation {
    let misfits: Vec<_> = location.misfits(organization_country, has_another).iter().map(misfit).collect();
    let state = match location.state {
        LocationState::Associated => pb::partner_location::State::Associated,
        // Who tries a locked one is told so; until then it is one that nobody has.
        LocationState::Available { .. } | LocationState::Locked => pb::partner_location::State::Available,
    };
    pb::PartnerLocation {
        name: location.id.name(),
        uid: location.id.to_string(),
        etag: location.version.to_string(),
        organization: location.organization.name(),
        display_name: location.display_name.clone(),
        address: Some(super::address(&location.address)),
        state: state.into(),
        fits: misfits.is_empty(),
        claim_code: String::new(),
        create_time: Some(timestamp(location.created)),
        update_time: Some(timestamp(location.updated)),
        misfits,
    }
}

fn misfit(misfit: &Misfit) -> pb::partner_location::Misfit {
    let reason = match misfit {
        Misfit::Taken => pb::Reason::LocationTaken,
        Misfit::Country { .. } => pb::Reason::CountryMismatch,
        Misfit::Locked => pb::Reason::ClaimCodeLocked,
    };
    pb::partner_location::Misfit { reason: reason.reason().to_owned(), description: misfit.to_string() }
}

/// A location and its country as siblings are told them; empty where there is none.
pub(crate) fn located(location: Option<&(PartnerLocationId, String)>) -> (String, String) {
    location.map(|(id, country)| (id.name(), country.clone())).unwrap_or_default()
}

pub(crate) fn preapproval(preapproval: &Preapproval) -> pb::Preapproval {
    pb::Preapproval {
        name: preapproval.id.name(),
        uid: preapproval.id.to_string(),
        domain: preapproval.domain.clone(),
        r#type: super::kind(preapproval.kind).into(),
        expire_time: Some(timestamp(preapproval.expires)),
        create_time: Some(timestamp(preapproval.created)),
    }
}

pub(crate) fn template(template: &Template, text: &str) -> pb::AgreementTemplate {
    pb::AgreementTemplate {
        name: template.id.name(),
        uid: template.id.to_string(),
        r#type: super::kind(template.kind).into(),
        region: template.region.clone(),
        version: template.version,
        language_code: template.language.clone(),
        text: text.to_owned(),
        sha256: template.sha256.clone(),
        effective_time: Some(timestamp(template.effective)),
        sign_by_time: template.sign_by.map(timestamp),
        create_time: Some(timestamp(template.created)),
    }
}

pub(crate) fn signature(covering: &Covering<'_>) -> pb::Signature {
    use pb::signature::State;
    let (signature, template) = (covering.signature, covering.template);
    let (state, superseded_by) = match covering.cover {
        Cover::InForce => (State::InForce, String::new()),
        Cover::Due => (State::Due, String::new()),
        Cover::Overdue => (State::Overdue, String::new()),
        Cover::Superseded(by) => (State::Superseded, signature.organization.child(by)),
    };
    pb::Signature {
        name: signature.organization.child(signature.id),
        uid: signature.id.to_string(),
        enrollment: signature.organization.child(signature.enrollment),
        agreement_template: signature.template.name(),
        sha256: signature.sha256.clone(),
        version: signature.version,
        signer: signature.organization.child(signature.signer),
        source_address: signature.source_address.clone(),
        create_time: Some(timestamp(signature.created)),
        r#type: super::kind(template.kind).into(),
        region: template.region.clone(),
        language_code: template.language.clone(),
        state: state.into(),
        superseded_by,
        cover_end_time: covering.until.map(timestamp),
    }
}
