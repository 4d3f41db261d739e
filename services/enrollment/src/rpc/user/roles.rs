//! Roles as requests name them, and as callers hold them.

use std::collections::BTreeSet;

use runtime::access::role_name;
use runtime::{Caller, Fault, Identity, Violations};

use crate::convert;
use crate::domain::user::Role;

/// At least one role, each a known one.
pub(super) fn parse(v: &mut Violations, field: &str, roles: &[i32]) -> Option<BTreeSet<Role>> {
    if roles.is_empty() {
        v.add(field, "at least one is required");
        return None;
    }
    let roles = v.list(field, roles, Role::ALL.len());
    let known: Vec<Option<Role>> =
        roles.iter().map(|role| v.choice(field, *role).and_then(|role| of_user(v, field, role))).collect();
    known.into_iter().collect()
}

/// A role that users have.
pub(super) fn of_user(v: &mut Violations, field: &str, role: runtime::Role) -> Option<Role> {
    let own = convert::role_of(role);
    if own.is_none() {
        v.add(field, format!("{} is an application's role", role_name(role)));
    }
    own
}

/// The operator's roles exist in its organization alone.
pub(super) fn operators_only(caller: &Caller, field: &str, roles: &BTreeSet<Role>) -> Result<(), Fault> {
    let mut v = Violations::default();
    if !caller.user()?.operator
        && let Some(role) = roles.iter().find(|role| role.is_operators())
    {
        v.add(field, format!("{} exists in the operator's organization alone", role.as_str()));
    }
    v.done()
}

/// The caller's roles.
pub(super) fn by(caller: &Caller) -> BTreeSet<Role> {
    match &caller.identity {
        Identity::User(user) => user.roles.iter().filter_map(|role| convert::role_of(*role)).collect(),
        _ => BTreeSet::new(),
    }
}
