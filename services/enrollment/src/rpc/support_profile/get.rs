//! GetSupportProfile.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::enrollment as pb;

use crate::{App, convert, store};

pub(crate) async fn get(
    app: &App,
    caller: &Caller,
    request: pb::GetSupportProfileRequest,
) -> Result<pb::SupportProfile, Fault> {
    let mut v = Violations::of(&request);
    let name = v.singleton::<kind::Organization>("name", &request.name, "supportProfile");
    let (id,) = v.all((name,))?;
    caller.scope_of(id)?;
    let profile = store::profile::support(&app.reader(caller), id).await?.ok_or_else(Fault::missing)?;
    Ok(convert::support_profile(id, &profile))
}
