//! RejectVettingCase.

use ids::{OrganizationId, VettingCaseId, kind};
use runtime::{Caller, Fault, Violations};
use wire::verification as pb;

use super::{review, reviewer, unknown_reason};
use crate::policies::{Decision, is_reason};
use crate::rpc::convert;
use crate::{App, Change, deadlines};

/// The longest explanation.
const EXPLANATION: usize = 2_000;

pub(crate) async fn reject(
    app: &App,
    caller: &Caller,
    request: pb::RejectVettingCaseRequest,
) -> Result<pb::VettingCase, Fault> {
    let (name, reason, explanation) = &parse(&request)?;
    let (reviewer, etag) = (reviewer(caller)?, request.etag.as_str());
    app.change(caller, &request, move |change: Change| async move {
        if !is_reason(Decision::CaseRejected, reason, change.now())? {
            return Err(unknown_reason());
        }
        let (reason, explanation) = (reason.clone(), explanation.clone());
        let deadlines = deadlines::at(change.now())?;
        review(&change, caller, *name, etag, |case| {
            case.reject(reviewer, reason, explanation, change.now(), &deadlines)
        })
        .await
    })
    .await
}

fn parse(request: &pb::RejectVettingCaseRequest) -> Result<((OrganizationId, VettingCaseId), String, String), Fault> {
    let mut v = Violations::of(request);
    let name = v.child::<kind::Organization, kind::VettingCase>("name", &request.name);
    convert::required_etag(&mut v, &request.etag);
    let reason = v.text("reason", &request.reason, 1..=63);
    let explanation = v.text("explanation", &request.explanation, 1..=EXPLANATION);
    v.all((name, reason, explanation))
}
