//! Reseller relationships: read, stopped for a while, ended.

pub(crate) mod end;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod resume;
pub(crate) mod suspend;

use ids::OrganizationId;
use runtime::{Fault, Reason};
use tonic::Code;

use crate::domain::reseller_relationship::ResellerRelationship;

/// The other partner of a joint pair sees a relationship that is not its own to change.
fn between(relationship: &ResellerRelationship, own: OrganizationId) -> Result<(), Fault> {
    if relationship.is_between(own) {
        return Ok(());
    }
    let message = "only a global administrator of its partner or its customer does this";
    Err(Fault::new(Code::PermissionDenied, Reason::RoleRequired, message))
}
