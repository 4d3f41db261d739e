//! Whose rows a call reaches. The policy has said what the caller may do; this says for whom.

use database::Scope;
use ids::OrganizationId;
use runtime::{Caller, Fault, Role};

/// The caller's own organization and no other: the operator decides for nobody.
pub(super) fn own(caller: &Caller) -> Result<Scope, Fault> {
    Ok(Scope::Organization(caller.organization()?))
}

/// The caller's own organization, which the request must name.
pub(super) fn own_named(caller: &Caller, organization: OrganizationId) -> Result<Scope, Fault> {
    let scope = own(caller)?;
    if scope.permits(organization) { Ok(scope) } else { Err(Fault::missing()) }
}

/// All organizations for the operator's people who hold one of these roles, else the caller's own.
pub(super) fn readable(caller: &Caller, roles: &[Role]) -> Result<Scope, Fault> {
    if caller.user()?.operator && roles.iter().any(|role| caller.has(*role)) { caller.scope() } else { own(caller) }
}

/// What may be read, of the organization that the request names.
pub(super) fn readable_named(caller: &Caller, roles: &[Role], organization: OrganizationId) -> Result<Scope, Fault> {
    let scope = readable(caller, roles)?;
    if scope.permits(organization) { Ok(scope) } else { Err(Fault::missing()) }
}

/// What the operator sees of others.
pub(super) const OPERATOR: &[Role] = &[Role::Operator];
/// What reviewers see of others.
pub(super) const REVIEWING: &[Role] = &[Role::Reviewer, Role::Operator];

/// The version the caller read is the present one; nothing is asked where none was given.
pub(super) fn fresh(etag: &str, version: i64) -> Result<(), Fault> {
    if etag.is_empty() || etag == version.to_string() { Ok(()) } else { Err(Fault::etag_mismatch()) }
}
