//! WithdrawEnrollment: the applicant gives up what is not in force yet.

use ids::kind;
use runtime::{Caller, Fault, Outcome, Violations};
use wire::enrollment as pb;

use super::Loaded;
use crate::{App, convert};

pub(crate) async fn withdraw(
    app: &App,
    caller: &Caller,
    request: pb::WithdrawEnrollmentRequest,
) -> Result<pb::Enrollment, Fault> {
    let mut v = Violations::of(&request);
    let name = v.child::<kind::Organization, kind::Enrollment>("name", &request.name);
    let (name,) = v.all((name,))?;
    let (scope, etag) = (caller.scope_of(name.0)?, request.etag.as_str());
    app.change(caller, &request, |change| async move {
        let now = change.now();
        let mut loaded = Loaded::new(&change, scope, name, etag).await?;
        let events = loaded.picture.withdraw(&mut loaded.enrollment, &loaded.others, now)?;
        loaded.save(&change).await?;
        Ok(Outcome::Done(convert::enrollment(&loaded.picture, &loaded.enrollment, caller, now), events))
    })
    .await
}
