//! Either side ends a partnership, with the joint relationships and the administration under it.

use std::collections::BTreeSet;

use database::Scope;
use ids::{OrganizationId, kind};
use runtime::{Caller, Fault, Outcome, Violations};
use wire::relationship as pb;

use crate::domain::admin_grant::{AdminGrant, State};
use crate::domain::event::{AdminGrantEnded, EndedNames, PartnershipEnded, ResellerRelationshipEnded};
use crate::domain::organization::Parties;
use crate::domain::partnership::Partnership;
use crate::domain::reseller_relationship::ResellerRelationship;
use crate::domain::{Event, Refusal};
use crate::rpc::convert;
use crate::{App, Change, store};

const REASON: &str = "PARTNERSHIP_ENDED";

/// What hangs on a partnership.
struct Under {
    relationships: Vec<ResellerRelationship>,
    grants: Vec<AdminGrant>,
}

pub(crate) async fn end(
    app: &App,
    caller: &Caller,
    request: pb::EndPartnershipRequest,
) -> Result<pb::EndPartnershipResponse, Fault> {
    let mut v = Violations::of(&request);
    let name = v.name::<kind::Partnership>("name", &request.name);
    let (id,) = v.all((name,))?;
    let own = caller.organization()?;
    let asked = &request;
    app.change(caller, &request, move |change: Change| async move {
        let tx = &change.tx;
        let found = store::partnership::get(tx, Scope::Organization(own), id).await?;
        let mut partnership = found.ok_or_else(Fault::missing)?;
        Fault::unless_fresh(&asked.etag, partnership.version)?;
        let before = partnership.state.stage();
        partnership.end(change.now())?;
        // Written first: from here on nobody binds a customer through it, so what is found below is all there is.
        store::partnership::save(tx, &mut partnership).await?;
        let mut under = find(&change, &partnership).await?;
        if !asked.cascade && !under.relationships.is_empty() {
            return Err(Refusal::LiveRelationships(under.relationships.len()).into());
        }
        let parties = store::organization::many(tx, concerned(&partnership, &under)).await?;
        let names = EndedNames {
            provider: parties.name(partnership.provider),
            reseller: parties.name(partnership.reseller),
            ended_by: parties.name(own),
        };
        let sides = [partnership.provider, partnership.reseller];
        let mut events = vec![Event::PartnershipEnded(PartnershipEnded {
            partnership: partnership.id,
            from: before,
            parties: sides.to_vec(),
            names: names.clone(),
            tell: parties.addressees(sides),
        })];
        let effects = effects(&partnership, &under, &parties);
        events.extend(end_relationships(&change, &partnership, &mut under, &names, &parties).await?);
        events.extend(end_grants(&change, &mut under, &parties).await?);
        let partnership = Some(convert::partnership(&partnership, &parties));
        Ok(Outcome::Done(pb::EndPartnershipResponse { partnership, effects }, events))
    })
    .await
}

async fn find(change: &Change, partnership: &Partnership) -> Result<Under, Fault> {
    let relationships = store::reseller_relationship::joint(&change.tx, partnership.id).await?;
    let ids: Vec<_> = relationships.iter().map(|relationship| relationship.id).collect();
    let grants = store::admin_grant::under(&change.tx, partnership.id, &ids, change.now()).await?;
    Ok(Under { relationships, grants })
}

fn concerned(partnership: &Partnership, under: &Under) -> BTreeSet<OrganizationId> {
    let customers = under.relationships.iter().map(|relationship| relationship.customer);
    let sides = under.grants.iter().flat_map(|grant| [grant.grantor, grant.grantee]);
    [partnership.provider, partnership.reseller].into_iter().chain(customers).chain(sides).collect()
}

async fn end_relationships(
    change: &Change,
    partnership: &Partnership,
    under: &mut Under,
    names: &EndedNames,
    parties: &Parties,
) -> Result<Vec<Event>, Fault> {
    let mut told = BTreeSet::new();
    let mut events = Vec::new();
    for relationship in &mut under.relationships {
        let from = relationship.state;
        relationship.end(change.now())?;
        let first = told.insert(relationship.customer);
        events.push(Event::ResellerRelationshipEnded(ResellerRelationshipEnded {
            relationship: relationship.id,
            from,
            parties: relationship.parties(),
            names: names.clone(),
            tell: parties.addressees(first.then_some(relationship.customer)),
        }));
    }
    let ended = under.relationships.len();
    store::reseller_relationship::end_joint(&change.tx, partnership.id, ended, change.now()).await?;
    Ok(events)
}

async fn end_grants(change: &Change, under: &mut Under, parties: &Parties) -> Result<Vec<Event>, Fault> {
    let mut events = Vec::new();
    for grant in &mut under.grants {
        grant.revoke(change.now())?;
        store::admin_grant::save(&change.tx, grant).await?;
        events.push(Event::AdminGrantEnded(AdminGrantEnded::of(grant, State::Revoked, Some(REASON), parties)));
    }
    Ok(events)
}

fn effects(partnership: &Partnership, under: &Under, parties: &Parties) -> Vec<String> {
    let (provider, reseller) = (parties.name(partnership.provider), parties.name(partnership.reseller));
    let mut effects = vec![format!("The partnership of {provider} and {reseller} ends.")];
    effects.extend(under.relationships.iter().map(|relationship| {
        let capacity = relationship.capacity.as_str().to_lowercase();
        let (partner, customer) = (parties.name(relationship.partner), parties.name(relationship.customer));
        format!("{partner} is no longer {capacity} of {customer}.")
    }));
    effects.extend(under.grants.iter().map(|grant| {
        format!("{} no longer administers {}.", parties.name(grant.grantee), parties.name(grant.grantor))
    }));
    effects
}
