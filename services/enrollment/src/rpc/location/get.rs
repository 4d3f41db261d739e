//! GetPartnerLocation.

use database::Scope;
use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::enrollment as pb;

use crate::{App, convert, store};

pub(crate) async fn get(
    app: &App,
    caller: &Caller,
    request: pb::GetPartnerLocationRequest,
) -> Result<pb::PartnerLocation, Fault> {
    let mut v = Violations::of(&request);
    let name = v.name::<kind::PartnerLocation>("name", &request.name);
    let (id,) = v.all((name,))?;
    let reader = &app.reader(caller);
    let location = store::location::get(reader, caller.scope()?, id).await?.ok_or_else(Fault::missing)?;
    let own = Scope::Organization(location.organization);
    let owner = store::organization::get(reader, own, location.organization).await?.ok_or_else(Fault::missing)?;
    let has_another = store::location::associated(reader, location.organization).await?.is_some();
    Ok(convert::location(&location, owner.country.as_str(), has_another))
}
