//! ReleaseVettingCase.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::verification as pb;

use super::{review, reviewer};
use crate::{App, Change};

pub(crate) async fn release(
    app: &App,
    caller: &Caller,
    request: pb::ReleaseVettingCaseRequest,
) -> Result<pb::VettingCase, Fault> {
    let mut v = Violations::of(&request);
    let name = v.child::<kind::Organization, kind::VettingCase>("name", &request.name);
    let (name,) = v.all((name,))?;
    let (reviewer, etag) = (reviewer(caller)?, request.etag.as_str());
    app.change(caller, &request, move |change: Change| async move {
        review(&change, caller, name, etag, |case| case.release(reviewer, change.now())).await
    })
    .await
}
