//! Users: people in one organization, their roles, and who may give which.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use ids::{OrganizationId, PersonId, UserId};

use super::Refusal;

/// As many users as an organization may have.
pub(crate) const MOST: usize = 1_000;

/// What a user may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Role {
    GlobalAdmin,
    AdminAgent,
    SalesAgent,
    HelpdeskAgent,
    UserAdmin,
    BillingAdmin,
    Reviewer,
    Operator,
}

impl Role {
    pub(crate) const ALL: [Role; 8] = [
        Role::GlobalAdmin,
        Role::AdminAgent,
        Role::SalesAgent,
        Role::HelpdeskAgent,
        Role::UserAdmin,
        Role::BillingAdmin,
        Role::Reviewer,
        Role::Operator,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Role::GlobalAdmin => "GLOBAL_ADMIN",
            Role::AdminAgent => "ADMIN_AGENT",
            Role::SalesAgent => "SALES_AGENT",
            Role::HelpdeskAgent => "HELPDESK_AGENT",
            Role::UserAdmin => "USER_ADMIN",
            Role::BillingAdmin => "BILLING_ADMIN",
            Role::Reviewer => "REVIEWER",
            Role::Operator => "OPERATOR",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Role> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// Whether it exists in the operator's organization alone.
    pub(crate) const fn is_operators(self) -> bool {
        matches!(self, Role::Reviewer | Role::Operator)
    }
}

/// Whether a user is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserState {
    /// Let in, with its roles.
    Active,
    /// Kept out; its roles wait.
    Disabled,
}

impl UserState {
    pub(crate) const ALL: [UserState; 2] = [UserState::Active, UserState::Disabled];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            UserState::Active => "ACTIVE",
            UserState::Disabled => "DISABLED",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<UserState> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// The one that a change of state leads from.
    pub(crate) const fn before(self) -> UserState {
        match self {
            UserState::Active => UserState::Disabled,
            UserState::Disabled => UserState::Active,
        }
    }
}

/// A person in one organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) id: UserId,
    pub(crate) organization: OrganizationId,
    pub(crate) person: Option<PersonId>,
    pub(crate) email: String,
    pub(crate) display_name: String,
    pub(crate) roles: BTreeSet<Role>,
    pub(crate) state: UserState,
    /// Tokens of an older one are void.
    pub(crate) access_version: i64,
    pub(crate) version: i64,
    pub(crate) created: DateTime<Utc>,
    pub(crate) updated: DateTime<Utc>,
}

/// What is to change of a user; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct UserChange {
    pub(crate) roles: Option<BTreeSet<Role>>,
    pub(crate) state: Option<UserState>,
    pub(crate) display_name: Option<String>,
}

/// What reaches so far that only a global administrator gives or takes it: who decides for the organization or the programme, and who works
/// for its customers.
const RESERVED: [Role; 4] = [Role::GlobalAdmin, Role::Operator, Role::Reviewer, Role::AdminAgent];

/// Whether an organization that has so many users may have one more.
pub(crate) fn may_have_another(present: usize) -> Result<(), Refusal> {
    if present < MOST { Ok(()) } else { Err(Refusal::UserQuota) }
}

impl User {
    /// Whether it is a global administrator who can act.
    pub(crate) fn governs(&self) -> bool {
        self.can_act_as(Role::GlobalAdmin)
    }

    /// Whether it has a role, and is let in to use it.
    pub(crate) fn can_act_as(&self, role: Role) -> bool {
        self.state == UserState::Active && self.roles.contains(&role)
    }

    /// Applies a change if all of it is allowed; says which fields changed. A change of rights raises the access version.
    pub(crate) fn update(
        &mut self,
        change: UserChange,
        by: &BTreeSet<Role>,
        other_global_admins: bool,
        now: DateTime<Utc>,
    ) -> Result<Vec<&'static str>, Refusal> {
        let mut after = self.clone();
        let mut changed = Vec::new();
        if let Some(roles) = change.roles.filter(|roles| *roles != self.roles) {
            after.roles = roles;
            changed.push("roles");
        }
        if let Some(state) = change.state.filter(|state| *state != self.state) {
            after.state = state;
            changed.push("state");
        }
        let rights = !changed.is_empty();
        if let Some(name) = change.display_name.filter(|name| *name != self.display_name) {
            after.display_name = name;
            changed.push("display_name");
        }
        // Both what is held and what counts: a role given to a disabled user would wait for whoever lets it in again.
        may_give(by, &self.roles, &after.roles)?;
        may_give(by, &self.effective_roles(), &after.effective_roles())?;
        if self.governs() && !after.governs() && !other_global_admins {
            return Err(Refusal::LastGlobalAdmin);
        }
        if !changed.is_empty() {
            after.access_version += i64::from(rights);
            after.updated = now;
            *self = after;
        }
        Ok(changed)
    }

    /// Takes all rights away for good, if that is allowed, and with them the tokens; gives the state before.
    pub(crate) fn delete(
        &mut self,
        by: &BTreeSet<Role>,
        other_global_admins: bool,
        now: DateTime<Utc>,
    ) -> Result<UserState, Refusal> {
        may_give(by, &self.roles, &BTreeSet::new())?;
        if self.governs() && !other_global_admins {
            return Err(Refusal::LastGlobalAdmin);
        }
        let before = self.state;
        self.roles.clear();
        self.state = UserState::Disabled;
        self.access_version += 1;
        self.updated = now;
        Ok(before)
    }

    /// Gives a role; whether that changes anything.
    pub(crate) fn grant(&mut self, role: Role, now: DateTime<Utc>) -> bool {
        let new = self.roles.insert(role);
        if new {
            self.access_version += 1;
            self.updated = now;
        }
        new
    }

    fn effective_roles(&self) -> BTreeSet<Role> {
        match self.state {
            UserState::Active => self.roles.clone(),
            UserState::Disabled => BTreeSet::new(),
        }
    }
}

/// A global administrator changes all roles, a user administrator all but those that reach further than its own.
pub(crate) fn may_give(by: &BTreeSet<Role>, before: &BTreeSet<Role>, after: &BTreeSet<Role>) -> Result<(), Refusal> {
    let touched = before.symmetric_difference(after).any(|role| RESERVED.contains(role));
    if touched && !by.contains(&Role::GlobalAdmin) {
        return Err(Refusal::RoleRequired(&[Role::GlobalAdmin]));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
