//! ClaimVettingCase.

use addresses::Email;
use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::verification as pb;

use super::{review, reviewer};
use crate::{App, Change, deadlines};

pub(crate) async fn claim(
    app: &App,
    caller: &Caller,
    request: pb::ClaimVettingCaseRequest,
) -> Result<pb::VettingCase, Fault> {
    let mut v = Violations::of(&request);
    let name = v.child::<kind::Organization, kind::VettingCase>("name", &request.name);
    let (name,) = v.all((name,))?;
    let reviewer = reviewer(caller)?;
    let address = &Email::parse(&caller.user()?.email).map_err(Fault::internal)?;
    let etag = request.etag.as_str();
    app.change(caller, &request, move |change: Change| async move {
        let deadlines = deadlines::at(change.now())?;
        review(&change, caller, name, etag, |case| case.claim(reviewer, address, change.now(), &deadlines)).await
    })
    .await
}
