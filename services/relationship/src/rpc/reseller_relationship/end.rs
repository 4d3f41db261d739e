//! The partner or the customer ends a relationship, with the administration under it; of a joint pair both.

use std::collections::BTreeSet;

use database::Scope;
use ids::{OrganizationId, kind};
use runtime::{Caller, Fault, Outcome, Violations};
use wire::relationship as pb;

use super::between;
use crate::domain::event::{Ending as With, RelationshipNames, ResellerRelationshipEnded};
use crate::domain::organization::Parties;
use crate::domain::{Event, Refusal};
use crate::rpc::convert;
use crate::rpc::ending::Ending;
use crate::{App, Change, store};

const REASON: &str = "RELATIONSHIP_ENDED";

pub(crate) async fn end(
    app: &App,
    caller: &Caller,
    request: pb::EndResellerRelationshipRequest,
) -> Result<pb::EndResellerRelationshipResponse, Fault> {
    let mut v = Violations::of(&request);
    let name = v.name::<kind::ResellerRelationship>("name", &request.name);
    let (id,) = v.all((name,))?;
    let own = caller.organization()?;
    let asked = &request;
    // What the customer granted the other partner of a pair ends with it.
    app.change(&caller.beyond_its_wall(), &request, move |change: Change| async move {
        let tx = &change.tx;
        let found = store::reseller_relationship::get(tx, Scope::Organization(own), id).await?;
        let relationship = found.ok_or_else(Fault::missing)?;
        between(&relationship, own)?;
        Fault::unless_fresh(&asked.etag, relationship.version)?;
        relationship.state.live().map_err(Fault::from)?;
        let pair = store::reseller_relationship::paired(tx, &relationship).await?;
        if let (false, Some(other)) = (asked.cascade, pair.first()) {
            return Err(Refusal::PairLives(other.id).into());
        }
        let all = std::iter::once(relationship).chain(pair).collect();
        let mut ending = Ending::find(&change, None, all).await?;
        let parties = store::organization::many(tx, ending.concerned()).await?;
        let effects = ending.effects(&parties);
        let mut events = end_all(&change, &mut ending, own, &parties).await?;
        events.extend(ending.end_grants(&change, REASON, &parties).await?);
        let asked_for = ending.relationships.iter().find(|one| one.id == id);
        let reseller_relationship = asked_for.map(|one| convert::reseller_relationship(one, &parties));
        Ok(Outcome::Done(pb::EndResellerRelationshipResponse { reseller_relationship, effects }, events))
    })
    .await
}

/// In the order of their ids, so that of two who end the same pair at once one waits for the other.
async fn end_all(
    change: &Change,
    ending: &mut Ending,
    by: OrganizationId,
    parties: &Parties,
) -> Result<Vec<Event>, Fault> {
    let mut told = BTreeSet::new();
    let mut events = Vec::new();
    ending.relationships.sort_unstable_by_key(|relationship| relationship.id);
    for relationship in &mut ending.relationships {
        let from = relationship.state.stage();
        relationship.end(change.now())?;
        store::reseller_relationship::save(&change.tx, relationship).await?;
        let new: Vec<_> = relationship.parties().into_iter().filter(|party| told.insert(*party)).collect();
        events.push(Event::ResellerRelationshipEnded(ResellerRelationshipEnded {
            relationship: relationship.id,
            from,
            parties: relationship.parties(),
            with: With::Itself(RelationshipNames::of(relationship, Some(by), parties)),
            tell: parties.addressees(new),
        }));
    }
    Ok(events)
}
