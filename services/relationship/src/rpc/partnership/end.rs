//! Either side ends a partnership, with the joint relationships and the administration under it.

use std::collections::BTreeSet;

use database::Scope;
use ids::kind;
use runtime::{Caller, Fault, Outcome, Violations};
use wire::relationship as pb;

use crate::domain::event::{Ending as With, PartnershipEnded, PartnershipNames, ResellerRelationshipEnded};
use crate::domain::organization::Parties;
use crate::domain::partnership::Partnership;
use crate::domain::{Event, Refusal};
use crate::rpc::convert;
use crate::rpc::ending::Ending;
use crate::{App, Change, store};

const REASON: &str = "PARTNERSHIP_ENDED";

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
    // What customers granted the other side ends with it.
    app.change(&caller.beyond_its_wall(), &request, move |change: Change| async move {
        let tx = &change.tx;
        let found = store::partnership::get(tx, Scope::Organization(own), id).await?;
        let mut partnership = found.ok_or_else(Fault::missing)?;
        Fault::unless_fresh(&asked.etag, partnership.version)?;
        let before = partnership.state.stage();
        partnership.end(change.now())?;
        // Written first: from here on nobody binds a customer through it, so what is found below is all there is.
        store::partnership::save(tx, &mut partnership).await?;
        let joint = store::reseller_relationship::joint(tx, id).await?;
        if !asked.cascade && !joint.is_empty() {
            return Err(Refusal::LiveRelationships(joint.len()).into());
        }
        let mut under = Ending::find(&change, Some(id), joint).await?;
        let concerned: BTreeSet<_> = under.concerned().into_iter().chain(partnership.sides()).collect();
        let parties = store::organization::many(tx, concerned).await?;
        let names = PartnershipNames::of(&partnership, Some(own), &parties);
        let mut events = vec![Event::PartnershipEnded(PartnershipEnded {
            partnership: id,
            from: before,
            parties: partnership.sides().to_vec(),
            names: names.clone(),
            tell: parties.addressees(partnership.sides()),
        })];
        let mut effects = vec![format!("The partnership of {} and {} ends.", names.provider, names.reseller)];
        effects.extend(under.effects(&parties));
        events.extend(end_relationships(&change, &partnership, &mut under, &names, &parties).await?);
        events.extend(under.end_grants(&change, REASON, &parties).await?);
        let partnership = Some(convert::partnership(&partnership, &parties));
        Ok(Outcome::Done(pb::EndPartnershipResponse { partnership, effects }, events))
    })
    .await
}

async fn end_relationships(
    change: &Change,
    partnership: &Partnership,
    under: &mut Ending,
    names: &PartnershipNames,
    parties: &Parties,
) -> Result<Vec<Event>, Fault> {
    let mut told = BTreeSet::new();
    let mut events = Vec::new();
    for relationship in &mut under.relationships {
        let from = relationship.state.stage();
        relationship.end(change.now())?;
        let first = told.insert(relationship.customer);
        events.push(Event::ResellerRelationshipEnded(ResellerRelationshipEnded {
            relationship: relationship.id,
            from,
            parties: relationship.parties(),
            with: With::Partnership(names.clone()),
            tell: parties.addressees(first.then_some(relationship.customer)),
        }));
    }
    let ended = under.relationships.len();
    store::reseller_relationship::end_joint(&change.tx, partnership.id, ended, change.now()).await?;
    Ok(events)
}
