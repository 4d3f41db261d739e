//! ListReasons.

use runtime::{Caller, Fault, Violations};
use wire::verification as pb;
use wire::verification::decision_reason;

use super::{as_of, begins};
use crate::policies::{Decision, Reason};
use crate::{App, policies};

pub(crate) async fn list_reasons(
    app: &App,
    _caller: &Caller,
    request: pb::ListReasonsRequest,
) -> Result<pb::ListReasonsResponse, Fault> {
    let time = as_of(app, Violations::of(&request), request.as_of_time.as_ref())?;
    let reason = |reason: &Reason| pb::DecisionReason {
        code: reason.code.clone(),
        decision: match reason.decision {
            Decision::CheckFailed => decision_reason::Decision::CheckFailed,
            Decision::CheckWaived => decision_reason::Decision::CheckWaived,
            Decision::CaseRejected => decision_reason::Decision::CaseRejected,
        }
        .into(),
        description: reason.description.clone(),
        effective_time: begins(reason.effective_from),
    };
    let mut reasons: Vec<_> = policies::reasons(time)?.into_iter().map(reason).collect();
    reasons.sort_by(|a, b| (a.decision, &a.code).cmp(&(b.decision, &b.code)));
    Ok(pb::ListReasonsResponse { reasons })
}
