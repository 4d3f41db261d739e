//! ReopenEnrollment: a withdrawn enrollment is a draft again.

use ids::kind;
use runtime::{Caller, Fault, Outcome, Violations};
use wire::enrollment as pb;

use super::Loaded;
use crate::{App, convert};

pub(crate) async fn reopen(
    app: &App,
    caller: &Caller,
    request: pb::ReopenEnrollmentRequest,
) -> Result<pb::Enrollment, Fault> {
    let mut v = Violations::of(&request);
    let name = v.child::<kind::Organization, kind::Enrollment>("name", &request.name);
    let (name,) = v.all((name,))?;
    let (scope, etag) = (caller.scope_of(name.0)?, request.etag.as_str());
    app.change(caller, &request, |change| async move {
        let now = change.now();
        let mut loaded = Loaded::new(&change, scope, name, etag).await?;
        let events = loaded.picture.reopen(&mut loaded.enrollment, &loaded.others, now)?;
        loaded.save(&change).await?;
        Ok(Outcome::Done(convert::enrollment(&loaded.picture, &loaded.enrollment, caller, now), events))
    })
    .await
}
