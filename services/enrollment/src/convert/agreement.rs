//! Locations, pre-approvals and agreements for the wire.

use ids::PartnerLocationId;
use runtime::convert::timestamp;
use wire::enrollment as pb;

use crate::domain::agreement::{Signature, Template};
use crate::domain::claim::{Location, LocationState};
use crate::store::preapproval::Preapproval;

pub(crate) fn location(location: &Location, organization_country: &str) -> pb::PartnerLocation {
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
        fits: location.fits(organization_country),
        claim_code: String::new(),
        create_time: Some(timestamp(location.created)),
        update_time: Some(timestamp(location.updated)),
    }
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

pub(crate) fn signature(signature: &Signature) -> pb::Signature {
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
    }
}
