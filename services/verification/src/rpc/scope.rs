//! Whose rows a caller may see here, and as which reviewer it acts.

use database::Scope;
use runtime::{Caller, Fault, Role};

use crate::domain::Reviewer;

/// Those who see every organization's cases.
pub(super) const OVERSEERS: &[Role] = &[Role::Reviewer, Role::Operator];

/// True for reviewers and the operator.
pub(super) fn oversees(caller: &Caller) -> bool {
    matches!(caller.scope(), Ok(Scope::Operator)) && OVERSEERS.iter().any(|role| caller.has(*role))
}

/// All rows for reviewers and the operator, else those of the own organization: the operator's sales staff is as blind as anyone's.
pub(super) fn scope(caller: &Caller) -> Result<Scope, Fault> {
    if oversees(caller) { Ok(Scope::Operator) } else { Ok(Scope::Organization(caller.organization()?)) }
}

/// The reviewer who calls.
pub(super) fn reviewer(caller: &Caller) -> Result<Reviewer, Fault> {
    let user = caller.user()?;
    Ok(Reviewer { organization: user.organization, user: user.user })
}
