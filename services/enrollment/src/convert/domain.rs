//! Domains for the wire.

use runtime::convert::timestamp;
use wire::enrollment as pb;

use crate::domain::domain_name::{DomainName, DomainState, Proof};

/// A domain without its record's text.
pub(crate) fn domain(domain: &DomainName) -> pb::Domain {
    let state = match domain.state {
        DomainState::Claimed => pb::domain::State::Claimed,
        DomainState::Proven { .. } => pb::domain::State::Proven,
    };
    let proof = domain.state.proof();
    pb::Domain {
        name: format!("{}/domains/{}", domain.organization.name(), domain.domain),
        uid: domain.id.to_string(),
        etag: domain.version.to_string(),
        domain: domain.domain.clone(),
        state: state.into(),
        record_name: domain.record_name(),
        record_value: String::new(),
        proof: proof.map_or(pb::domain::Proof::Unspecified, |(by, _)| proof_of(by)).into(),
        prove_time: proof.map(|(_, at)| timestamp(at)),
        create_time: Some(timestamp(domain.created)),
        update_time: Some(timestamp(domain.updated)),
        trusted_issuer: domain.trusted_issuer.clone().unwrap_or_default(),
    }
}

fn proof_of(proof: Proof) -> pb::domain::Proof {
    match proof {
        Proof::Dns => pb::domain::Proof::Dns,
        Proof::Operator => pb::domain::Proof::Operator,
        Proof::Verification => pb::domain::Proof::Verification,
    }
}
