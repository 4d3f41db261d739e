//! ListEvidencePolicies.

use runtime::{Caller, Fault, Violations};
use wire::verification as pb;

use super::{as_of, begins};
use crate::rpc::convert;
use crate::{App, policies};

pub(crate) async fn list_evidence_policies(
    app: &App,
    _caller: &Caller,
    request: pb::ListEvidencePoliciesRequest,
) -> Result<pb::ListEvidencePoliciesResponse, Fault> {
    let time = as_of(app, Violations::of(&request), request.as_of_time.as_ref())?;
    let policy = |accepted: &policies::Accepted| pb::EvidencePolicy {
        check: convert::wire_kind(accepted.check).into(),
        kind: accepted.kind.clone(),
        description: accepted.description.clone(),
        effective_time: begins(accepted.effective_from),
    };
    let evidence_policies = policies::evidence(time)?.into_iter().map(policy).collect();
    Ok(pb::ListEvidencePoliciesResponse { evidence_policies })
}
