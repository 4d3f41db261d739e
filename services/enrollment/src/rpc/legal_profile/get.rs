//! GetLegalProfile.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::enrollment as pb;

use crate::{App, convert, store};

pub(crate) async fn get(
    app: &App,
    caller: &Caller,
    request: pb::GetLegalProfileRequest,
) -> Result<pb::LegalProfile, Fault> {
    let mut v = Violations::of(&request);
    let name = v.singleton::<kind::Organization>("name", &request.name, "legalProfile");
    let (id,) = v.all((name,))?;
    caller.scope_of(id)?;
    let reader = &app.reader(caller);
    let profile = store::profile::legal(reader, id).await?.ok_or_else(Fault::missing)?;
    let vettings = store::vetting::all(reader, id).await?;
    Ok(convert::legal_profile(id, &profile, &vettings))
}
