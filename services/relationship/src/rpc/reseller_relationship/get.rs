//! Reads a reseller relationship.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::relationship as pb;

use crate::rpc::convert;
use crate::{App, store};

pub(crate) async fn get(
    app: &App,
    caller: &Caller,
    request: pb::GetResellerRelationshipRequest,
) -> Result<pb::ResellerRelationship, Fault> {
    let mut v = Violations::of(&request);
    let name = v.name::<kind::ResellerRelationship>("name", &request.name);
    let (id,) = v.all((name,))?;
    let reader = &app.reader(caller);
    let found = store::reseller_relationship::get(reader, caller.scope()?, id).await?;
    let relationship = found.ok_or_else(Fault::missing)?;
    let parties = store::organization::many(app.database().reader(), [relationship.customer]).await?;
    Ok(convert::reseller_relationship(&relationship, &parties))
}
