//! GetEnrollment: where it stands, and what is waited for.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::enrollment as pb;

use crate::{App, convert, store};

pub(crate) async fn get(
    app: &App,
    caller: &Caller,
    request: pb::GetEnrollmentRequest,
) -> Result<pb::Enrollment, Fault> {
    let mut v = Violations::of(&request);
    let name = v.child::<kind::Organization, kind::Enrollment>("name", &request.name);
    let ((organization, id),) = v.all((name,))?;
    let scope = caller.scope_of(organization)?;
    let (reader, now) = (&app.reader(caller), app.now());
    let enrollment = store::enrollment::get(reader, scope, organization, id).await?.ok_or_else(Fault::missing)?;
    let picture = store::picture::load(reader, scope, organization, now).await?.ok_or_else(Fault::missing)?;
    Ok(convert::enrollment(&picture, &enrollment, caller, now))
}
