//! Reads a partnership, with what blocks it.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::relationship as pb;

use super::blockers::blockers;
use crate::rpc::convert;
use crate::{App, store};

pub(crate) async fn get(
    app: &App,
    caller: &Caller,
    request: pb::GetPartnershipRequest,
) -> Result<pb::Partnership, Fault> {
    let mut v = Violations::of(&request);
    let name = v.name::<kind::Partnership>("name", &request.name);
    let (id,) = v.all((name,))?;
    let reader = &app.reader(caller);
    let partnership = store::partnership::get(reader, caller.scope()?, id).await?.ok_or_else(Fault::missing)?;
    let parties =
        store::organization::many(app.database().reader(), [partnership.provider, partnership.reseller]).await?;
    let blockers = blockers(app, caller, &partnership, app.now()).await?;
    Ok(pb::Partnership { blockers, ..convert::partnership(&partnership, &parties) })
}
