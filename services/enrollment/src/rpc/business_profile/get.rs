//! GetBusinessProfile.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::enrollment as pb;

use super::visibility::visibility;
use crate::{App, convert, store};

pub(crate) async fn get(
    app: &App,
    caller: &Caller,
    request: pb::GetBusinessProfileRequest,
) -> Result<pb::BusinessProfile, Fault> {
    let mut v = Violations::of(&request);
    let name = v.singleton::<kind::Organization>("name", &request.name, "businessProfile");
    let (id,) = v.all((name,))?;
    let scope = caller.scope_of(id)?;
    let (reader, now) = (&app.reader(caller), app.now());
    let picture = store::picture::load(reader, scope, id, now).await?.ok_or_else(Fault::missing)?;
    let enrollments = store::enrollment::all(reader, id).await?;
    let profile = store::business_profile::get(reader, id).await?.ok_or_else(Fault::missing)?;
    Ok(convert::business_profile(id, &profile, visibility(&picture, &enrollments, &profile, now)))
}
