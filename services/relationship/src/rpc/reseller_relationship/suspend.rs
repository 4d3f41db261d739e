//! The partner or the customer stops a relationship for a while.

use database::Scope;
use ids::kind;
use runtime::{Caller, Fault, Outcome, Violations};
use wire::relationship as pb;

use super::between;
use crate::domain::Event;
use crate::domain::event::RelationshipMoved;
use crate::rpc::convert;
use crate::{App, Change, store};

pub(crate) async fn suspend(
    app: &App,
    caller: &Caller,
    request: pb::SuspendResellerRelationshipRequest,
) -> Result<pb::ResellerRelationship, Fault> {
    let mut v = Violations::of(&request);
    let name = v.name::<kind::ResellerRelationship>("name", &request.name);
    let (id,) = v.all((name,))?;
    let own = caller.organization()?;
    let asked = &request;
    app.change(caller, &request, move |change: Change| async move {
        let tx = &change.tx;
        let found = store::reseller_relationship::get(tx, Scope::Organization(own), id).await?;
        let mut relationship = found.ok_or_else(Fault::missing)?;
        between(&relationship, own)?;
        Fault::unless_fresh(&asked.etag, relationship.version)?;
        relationship.suspend(own, change.now())?;
        store::reseller_relationship::save(tx, &mut relationship).await?;
        let parties = store::organization::many(tx, relationship.parties()).await?;
        let moved = RelationshipMoved::of(&relationship, Some(own), &parties);
        let answer = convert::reseller_relationship(&relationship, &parties);
        Ok(Outcome::Done(answer, vec![Event::ResellerRelationshipSuspended(moved)]))
    })
    .await
}
