//! ClaimDomain: anyone may say that a domain is theirs; who else says so, or has proven it, is told to nobody.

use ids::{OrganizationId, kind};
use runtime::{Caller, Fault, Outcome, Violations};
use wire::enrollment as pb;

use super::record::shown;
use crate::domain::domain_name::{DomainName, MOST, claimable};
use crate::domain::rules::mail::{self, Unfit};
use crate::domain::{Event, Refusal};
use crate::{App, Change, store};

pub(crate) async fn claim(app: &App, caller: &Caller, request: pb::ClaimDomainRequest) -> Result<pb::Domain, Fault> {
    let mut v = Violations::of(&request);
    let parent = v.name::<kind::Organization>("parent", &request.parent);
    let text = v.text("domain", &request.domain, 1..=240);
    let domain = text.and_then(|text| v.check("domain", claimable(&text)));
    let (organization, domain) = v.all((parent, domain))?;
    let scope = caller.scope_of(organization)?;
    let domain = domain.as_str();
    app.change(caller, &request, |change| claim_in(app, change, scope, organization, domain)).await
}

async fn claim_in(
    app: &App,
    change: Change,
    scope: database::Scope,
    organization: OrganizationId,
    domain: &str,
) -> Result<Outcome<pb::Domain, Event>, Fault> {
    let (tx, now) = (&change.tx, change.now());
    let mut v = Violations::default();
    let public = match mail::provider(domain, domain, now) {
        Some(Unfit::Webmail(provider)) => Some(format!("is the web-mail provider {provider}'s")),
        Some(Unfit::Disposable(provider)) => Some(format!("is {provider}'s, whose addresses are for a short while")),
        _ => None,
    };
    if let Some(whose) = public {
        v.add_for(pb::Reason::WebmailDomain, "domain", format!("{whose}; a company's domain is needed"));
    }
    v.done()?;
    if !store::organization::lock(tx, scope, organization).await? {
        return Err(Fault::missing());
    }
    if let Some(known) = store::domain_name::get(tx, scope, organization, domain).await? {
        return Ok(Outcome::Done(shown(app, &known), Vec::new()));
    }
    if store::domain_name::count(tx, organization).await? >= MOST {
        return Err(Refusal::DomainQuota.into());
    }
    let new = DomainName::claim(change.id(), organization, domain.to_owned(), change.nonce(), now);
    store::domain_name::insert(tx, &new).await?;
    Ok(Outcome::Done(shown(app, &new), vec![Event::DomainClaimed(organization)]))
}
