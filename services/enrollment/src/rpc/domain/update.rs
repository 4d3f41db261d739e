//! UpdateDomain: who alone vouches for people of a proven domain.

use database::Scope;
use ids::OrganizationId;
use runtime::{Caller, Fault, Outcome, Role, Violations};
use wire::enrollment as pb;

use super::record;
use crate::domain::Event;
use crate::rpc::mask::Paths;
use crate::{App, Change, store};

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
    let choice = (!leaves.is_empty()).then(|| issuer(app, &mut v, &given.trusted_issuer));
    let ((organization, domain),) = v.all((name,))?;
    let scope = caller.scope_of(organization)?;
    // The operator decides for nobody, but lets in again who has shut themselves out.
    if scope == Scope::Operator && matches!(choice, Some(Some(_))) {
        return Err(Fault::role_required(&[Role::GlobalAdmin]));
    }
    let asked = &Asked { app, scope, organization, domain, etag: &given.etag, choice };
    app.change(caller, &request, |change| update_in(change, asked)).await
}

/// A configured issuer, with the tenant in its place; none for an empty text.
fn issuer(app: &App, v: &mut Violations, text: &str) -> Option<String> {
    const FIELD: &str = "domain.trusted_issuer";
    let issuer = v.optional_text(FIELD, text, 255).flatten()?;
    let issuers = &app.service().issuers;
    if !issuers.knows(&issuer) {
        v.add(FIELD, format!("must be one of those that the operator has configured: {}", issuers.names().join(", ")));
    }
    Some(issuer)
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
