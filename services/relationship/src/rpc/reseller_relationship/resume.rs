//! Who suspended a relationship, or the operator, lets it go on.

use database::Scope;
use ids::kind;
use runtime::{Caller, Fault, Outcome, Violations};
use wire::relationship as pb;

use super::between;
use crate::domain::Event;
use crate::domain::event::RelationshipMoved;
use crate::domain::state::Resumer;
use crate::rpc::convert;
use crate::{App, Change, store};

pub(crate) async fn resume(
    app: &App,
    caller: &Caller,
    request: pb::ResumeResellerRelationshipRequest,
) -> Result<pb::ResellerRelationship, Fault> {
    let mut v = Violations::of(&request);
    let name = v.name::<kind::ResellerRelationship>("name", &request.name);
    let (id,) = v.all((name,))?;
    let scope = caller.scope()?;
    let asked = &request;
    app.change(caller, &request, move |change: Change| async move {
        let tx = &change.tx;
        let found = store::reseller_relationship::get(tx, scope, id).await?;
        let mut relationship = found.ok_or_else(Fault::missing)?;
        let (who, by) = match scope {
            Scope::Organization(own) => {
                between(&relationship, own)?;
                (Resumer::Party(own), Some(own))
            }
            Scope::Operator | Scope::Peer | Scope::Link => (Resumer::Operator, None),
        };
        Fault::unless_fresh(&asked.etag, relationship.version)?;
        relationship.resume(who, change.now())?;
        store::reseller_relationship::save(tx, &mut relationship).await?;
        let parties = store::organization::many(tx, relationship.parties()).await?;
        let moved = RelationshipMoved::of(&relationship, by, &parties);
        let answer = convert::reseller_relationship(&relationship, &parties);
        Ok(Outcome::Done(answer, vec![Event::ResellerRelationshipResumed(moved)]))
    })
    .await
}
