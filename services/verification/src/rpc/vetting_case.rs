//! Cases, as users, reviewers and the operator see them.

pub(super) mod appeal;
pub(super) mod approve;
pub(super) mod claim;
pub(super) mod decide_check;
pub(super) mod get;
pub(super) mod list;
pub(super) mod reject;
pub(super) mod release;
pub(super) mod request_information;
pub(super) mod submit_information;

use database::Scope;
use ids::{OrganizationId, VettingCaseId};
use runtime::{Caller, Fault, Outcome};
use tonic::Code;
use wire::verification as pb;

use crate::Change;
use crate::domain::{CaseEvent, Event, Refusal, Reviewer, VettingCase};
use crate::rpc::convert;
use crate::store;

/// The reviewer who calls.
fn reviewer(caller: &Caller) -> Result<Reviewer, Fault> {
    let user = caller.user()?;
    Ok(Reviewer { organization: user.organization, user: user.user })
}

/// A reviewer's act on one case: the version first, then the rule, then the row.
async fn review(
    change: &Change,
    caller: &Caller,
    (organization, id): (OrganizationId, VettingCaseId),
    etag: &str,
    act: impl FnOnce(&mut VettingCase) -> Result<CaseEvent, Refusal>,
) -> Result<Outcome<pb::VettingCase, Event>, Fault> {
    applied(change, (caller, Scope::Operator), (organization, id), etag, act).await
}

/// An act of this caller on one case that the scope sees.
async fn applied(
    change: &Change,
    (caller, scope): (&Caller, Scope),
    (organization, id): (OrganizationId, VettingCaseId),
    etag: &str,
    act: impl FnOnce(&mut VettingCase) -> Result<CaseEvent, Refusal>,
) -> Result<Outcome<pb::VettingCase, Event>, Fault> {
    let tx = &change.tx;
    let case = store::vetting_case::get(tx, scope, organization, id).await?;
    let mut case = case.ok_or_else(Fault::missing)?;
    Fault::unless_fresh(etag, case.version)?;
    let event = act(&mut case)?;
    store::vetting_case::save(tx, scope, &mut case).await?;
    Ok(Outcome::Done(convert::vetting_case(&case, scope, caller, change.now())?, vec![event.into()]))
}

/// A reason that is none in force.
fn unknown_reason() -> Fault {
    Fault::new(Code::InvalidArgument, runtime::Reason::FieldInvalid, "fields are missing or wrong; see each")
        .violation("reason", "is no reason in force for this decision: PolicyService.ListReasons tells which are")
}
