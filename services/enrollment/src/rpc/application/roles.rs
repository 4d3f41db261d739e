//! Roles of applications as requests name them.

use std::collections::BTreeSet;

use runtime::{Role, Violations};

use crate::convert;
use crate::domain::application::ApplicationRole;

/// At least one role, each of those that applications have.
pub(super) fn parse(v: &mut Violations, field: &str, roles: &[i32]) -> Option<BTreeSet<ApplicationRole>> {
    if roles.is_empty() {
        v.add(field, "at least one is required");
        return None;
    }
    let roles = v.list(field, roles, ApplicationRole::ALL.len());
    let known: Vec<Option<ApplicationRole>> = roles.iter().map(|role| one(v, field, *role)).collect();
    known.into_iter().collect()
}

fn one(v: &mut Violations, field: &str, role: i32) -> Option<ApplicationRole> {
    let role = v.choice::<Role>(field, role)?;
    let own = convert::application_role_of(role);
    if own.is_none() {
        v.add(field, "must be ORDER_CHECK, ACCESS_CHECK, PARTNER_READ or EVENT_READ: other roles are people's");
    }
    own
}
