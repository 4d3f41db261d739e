//! ProveDomain: the record is looked up first, outside the transaction; what was found is judged inside it. The operator vouches.

use database::Scope;
use ids::OrganizationId;
use runtime::{Caller, Fault, Outcome, Violations};
use wire::enrollment as pb;

use super::record;
use crate::domain::domain_name::{DomainName, DomainState, Finding, Proof};
use crate::domain::event::OrganizationFacts;
use crate::domain::{Event, Refusal};
use crate::error::domain_not_proven;
use crate::{App, Change, store};

/// Which domain, and what is known of it.
struct Asked<'a> {
    app: &'a App,
    scope: Scope,
    organization: OrganizationId,
    domain: String,
    etag: &'a str,
    evidence: Evidence,
}

/// What speaks for a domain.
#[derive(Debug, Clone, Copy)]
enum Evidence {
    /// The operator's word.
    Word,
    /// What was found of the record.
    Found(Finding),
}

pub(crate) async fn prove(app: &App, caller: &Caller, request: pb::ProveDomainRequest) -> Result<pb::Domain, Fault> {
    let mut v = Violations::of(&request);
    let name = record::name(&mut v, "name", &request.name);
    let ((organization, domain),) = v.all((name,))?;
    let scope = caller.scope_of(organization)?;
    let claim = store::domain_name::get(&app.reader(caller), scope, organization, &domain).await?;
    let claim = claim.ok_or_else(Fault::missing)?;
    let evidence = if scope == Scope::Operator { Evidence::Word } else { Evidence::Found(look_up(app, &claim).await) };
    let asked = &Asked { app, scope, organization, domain, etag: &request.etag, evidence };
    app.change(caller, &request, |change| prove_in(change, asked)).await
}

/// What is there to be found; nothing is looked up for what is proven already.
async fn look_up(app: &App, claim: &DomainName) -> Finding {
    if claim.state != DomainState::Claimed {
        return Finding::Shown;
    }
    let texts = app.service().config.dns().texts(&claim.record_name()).await;
    record::judged(app, claim, texts)
}

async fn prove_in(change: Change, asked: &Asked<'_>) -> Result<Outcome<pb::Domain, Event>, Fault> {
    let (tx, now, organization) = (&change.tx, change.now(), asked.organization);
    if !store::organization::lock(tx, asked.scope, organization).await? {
        return Err(Fault::missing());
    }
    let claim = store::domain_name::get(tx, asked.scope, organization, &asked.domain).await?;
    let mut claim = claim.ok_or_else(Fault::missing)?;
    Fault::unless_fresh(asked.etag, claim.version)?;
    let (new, proof) = match asked.evidence {
        Evidence::Word => (claim.prove(Proof::Operator, now), Proof::Operator),
        Evidence::Found(finding) => {
            let new = claim
                .follow(finding, now)
                .map_err(|finding| domain_not_proven(finding, &claim.record_name(), record::text(asked.app, &claim)));
            (new?, Proof::Dns)
        }
    };
    if !new {
        return Ok(Outcome::Done(record::shown(asked.app, &claim), Vec::new()));
    }
    match store::domain_name::save(tx, &mut claim).await {
        // Told only to who has just shown that they control it.
        Err(database::Error::Duplicate { .. }) => return Err(Refusal::DomainTaken.into()),
        saved => saved?,
    }
    let owner = store::organization::get(tx, asked.scope, organization).await?.ok_or_else(Fault::missing)?;
    let proven_domains = store::domain_name::proven(tx, organization).await?;
    let facts = OrganizationFacts { organization: owner, proven_domains };
    Ok(Outcome::Done(record::shown(asked.app, &claim), vec![Event::DomainProven(Box::new(facts), proof)]))
}
