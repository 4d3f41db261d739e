//! Cases, as users, reviewers and the operator see them.

pub(super) mod approve;
pub(super) mod claim;
pub(super) mod decide_check;
pub(super) mod get;
pub(super) mod list;
pub(super) mod release;

use database::Scope;
use ids::{OrganizationId, VettingCaseId};
use runtime::{Caller, Fault, Outcome};
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
    (organization, id): (OrganizationId, VettingCaseId),
    etag: &str,
    act: impl FnOnce(&mut VettingCase) -> Result<CaseEvent, Refusal>,
) -> Result<Outcome<pb::VettingCase, Event>, Fault> {
    let tx = &change.tx;
    let case = store::vetting_case::get(tx, Scope::Operator, organization, id).await?;
    let mut case = case.ok_or_else(Fault::missing)?;
    Fault::unless_fresh(etag, case.version)?;
    let event = act(&mut case)?;
    store::vetting_case::save(tx, Scope::Operator, &mut case).await?;
    Ok(Outcome::Done(convert::vetting_case(&case, Scope::Operator, change.now()), vec![event.into()]))
}
