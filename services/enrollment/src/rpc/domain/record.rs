//! The record that proves a domain, derived each time it is rendered, and the domain's name.

use ids::{OrganizationId, kind};
use runtime::links::Bond;
use runtime::{Links, Violations};
use wire::enrollment as pb;

use crate::App;
use crate::convert;
use crate::domain::domain_name::{DomainName, Finding, claimable, record_text, token_in};

const COLLECTION: &str = "domains";

/// Reads `organizations/{o}/domains/{domain}`.
pub(super) fn name(v: &mut Violations, field: &str, value: &str) -> Option<(OrganizationId, String)> {
    let parts: Vec<&str> = value.split('/').collect();
    let [parents, parent, COLLECTION, domain] = parts[..] else {
        let wrong =
            if value.is_empty() { "is required" } else { "expected a name like `organizations/{id}/domains/{domain}`" };
        v.add(field, wrong);
        return None;
    };
    let organization = v.check(field, ids::parse::<kind::Organization>(&format!("{parents}/{parent}")));
    let domain = v.check(field, claimable(domain));
    organization.zip(domain)
}

/// The domain with its record.
pub(super) fn shown(app: &App, domain: &DomainName) -> pb::Domain {
    pb::Domain { record_value: text(app, domain), ..convert::domain(domain) }
}

/// What the texts at the record's name say of the domain.
pub(super) fn judged(app: &App, domain: &DomainName, texts: Result<Vec<String>, Finding>) -> Finding {
    let proves = |text: &String| {
        let presented = token_in(text).and_then(Links::read);
        presented.is_some_and(|presented| {
            let bond = bond(domain);
            let own = presented.id == bond.id && presented.generation == bond.generation;
            own && app.links().proves(&presented, bond.purpose, bond.nonce)
        })
    };
    match texts {
        Ok(texts) if texts.iter().any(proves) => Finding::Shown,
        Ok(_) => Finding::Other,
        Err(finding) => finding,
    }
}

pub(super) fn text(app: &App, domain: &DomainName) -> String {
    record_text(&app.links().token(bond(domain)))
}

fn bond(domain: &DomainName) -> Bond<'_> {
    Bond { purpose: "domain", id: domain.id.uuid(), generation: 1, nonce: &domain.nonce }
}
