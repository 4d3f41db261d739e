//! UpdateDomain: who alone vouches for people of a proven domain.

use database::Scope;
use ids::OrganizationId;
use runtime::{Caller, Fault, Outcome, Role, Violations};
use wire::enrollment as pb;

use super::record;
use crate::domain::Event;
use crate::rpc::mask::Paths;
use crate::{App, Change, store};

const ISSUER: &str = "domain.trusted_issuer";
const PATHS: Paths<'static> = Paths {
    leaves: &["trusted_issuer"],
    ignored: &[
        "name",
        "uid",
        "etag",
        "state",
        "record_name",
        "record_value",
        "proof",
        "prove_time",
        "create_time",
        "update_time",
    ],
    immutable: &["domain"],
};

/// What is to change, and whose it is.
struct Asked<'a> {
    app: &'a App,
    scope: Scope,
    organization: OrganizationId,
    domain: String,
    etag: &'a str,
    /// None where nothing is to change.
    choice: Option<Option<String>>,
}

pub(crate) async fn update(app: &App, caller: &Caller, request: pb::UpdateDomainRequest) -> Result<pb::Domain, Fault> {
    let mut v = Violations::of(&request);
    let given = request.domain.clone().unwrap_or_default();
    let name = record::name(&mut v, "domain.name", &given.name);
    let _ = v.optional_text("domain.etag", &given.etag, 64);
    let leaves = PATHS.chosen(request.update_mask.as_ref(), |_| !given.trusted_issuer.is_empty())?;
    let issuer = v.optional_text(ISSUER, &given.trusted_issuer, 255).flatten();
    let choice = (!leaves.is_empty()).then_some(issuer);
    let ((organization, domain),) = v.all((name,))?;
    let scope = caller.scope_of(organization)?;
    // The operator decides for nobody, but lets in again who has shut themselves out.
    if scope == Scope::Operator && matches!(choice, Some(Some(_))) {
        return Err(Fault::role_required(&[Role::GlobalAdmin]));
    }
    if let Some(Some(issuer)) = &choice {
        known(app, &request, issuer)?;
    }
    let asked = &Asked { app, scope, organization, domain, etag: &given.etag, choice };
    app.change(caller, &request, |change| update_in(change, asked)).await
}

/// Whether the operator has configured this issuer, with a tenant in its place. Which others there are is not told: they may be customers.
fn known(app: &App, request: &pb::UpdateDomainRequest, issuer: &str) -> Result<(), Fault> {
    let mut v = Violations::of(request);
    if !app.service().issuers.knows(issuer) {
        v.add(ISSUER, "must be one that the operator has configured: ask the operator how it is spelled there");
    }
    v.done()
}

async fn update_in(change: Change, asked: &Asked<'_>) -> Result<Outcome<pb::Domain, Event>, Fault> {
    let (tx, now, organization) = (&change.tx, change.now(), asked.organization);
    if !store::organization::lock(tx, asked.scope, organization).await? {
        return Err(Fault::missing());
    }
    let known = store::domain_name::get(tx, asked.scope, organization, &asked.domain).await?;
    let mut domain = known.ok_or_else(Fault::missing)?;
    Fault::unless_fresh(asked.etag, domain.version)?;
    let new = match &asked.choice {
        Some(choice) => domain.trust(choice.clone(), now)?,
        None => false,
    };
    if !new {
        return Ok(Outcome::Done(record::shown(asked.app, &domain), Vec::new()));
    }
    store::domain_name::save(tx, &mut domain).await?;
    Ok(Outcome::Done(record::shown(asked.app, &domain), vec![Event::DomainUpdated(organization)]))
}
