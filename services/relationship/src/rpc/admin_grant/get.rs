//! Reads a grant.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::relationship as pb;

use crate::rpc::convert;
use crate::{App, store};

pub(crate) async fn get(
    app: &App,
    caller: &Caller,
    request: pb::GetAdminGrantRequest,
) -> Result<pb::AdminGrant, Fault> {
    let mut v = Violations::of(&request);
    let name = v.name::<kind::AdminGrant>("name", &request.name);
    let (id,) = v.all((name,))?;
    let found = store::admin_grant::get(&app.reader(caller), caller.scope()?, id).await?;
    Ok(convert::admin_grant(&found.ok_or_else(Fault::missing)?, app.now()))
}
