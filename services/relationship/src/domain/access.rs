//! May this user of a partner administer that organization? From live grants alone; standing is no input.

use chrono::{DateTime, Utc};

use super::admin_grant::{AdminGrant, State};
use super::directory_role;

/// What a user of the grantee is there, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Agent {
    /// Holds all that is granted.
    Admin,
    /// Holds the help-desk part.
    HelpDesk,
    /// Holds nothing.
    Neither,
}

/// The roles that are held, and until when the last of them is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Access {
    pub(crate) roles: Vec<String>,
    pub(crate) until: Option<DateTime<Utc>>,
    /// Why none is held.
    pub(crate) explanation: &'static str,
}

impl Agent {
    pub(crate) fn of(roles: &[String]) -> Agent {
        let holds = |name: &str| roles.iter().any(|role| role.trim_start_matches("ROLE_") == name);
        if holds("ADMIN_AGENT") {
            Agent::Admin
        } else if holds("HELPDESK_AGENT") {
            Agent::HelpDesk
        } else {
            Agent::Neither
        }
    }

    fn holds(self, role: &str) -> bool {
        match self {
            Agent::Admin => true,
            Agent::HelpDesk => directory_role::find(role).is_some_and(|role| role.help_desk),
            Agent::Neither => false,
        }
    }
}

impl Access {
    pub(crate) fn none(explanation: &'static str) -> Access {
        Access { roles: Vec::new(), until: None, explanation }
    }
}

/// What the agent holds by these grants now.
pub(crate) fn judge(agent: Agent, grants: &[AdminGrant], now: DateTime<Utc>) -> Access {
    let live: Vec<_> = grants.iter().filter(|grant| grant.state_at(now) == State::Active).collect();
    if live.is_empty() {
        return Access::none("The organization grants the partner no administration now.");
    }
    if agent == Agent::Neither {
        return Access::none("The user is neither admin agent nor help-desk agent of the partner.");
    }
    let mut access = Access::none("What is granted has no part for help-desk agents.");
    for grant in live {
        let held: Vec<_> = grant.roles.iter().filter(|role| agent.holds(role)).cloned().collect();
        if !held.is_empty() {
            access.until = access.until.max(Some(grant.expire_time));
            access.roles.extend(held);
        }
    }
    access.roles.sort_unstable();
    access.roles.dedup();
    if !access.roles.is_empty() {
        access.explanation = "";
    }
    access
}

#[cfg(test)]
mod tests;
