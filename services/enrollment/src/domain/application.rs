//! Applications: machine callers of an organization, their few roles, and what they prove themselves by.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use ids::{ApplicationId, OrganizationId};

use super::refusal::ApplicationRefusal;

/// As many applications as an organization may have.
pub(crate) const MOST: usize = 20;
/// As many credentials as count at a time.
pub(crate) const MOST_CREDENTIALS: usize = 4;
/// The longest that a former credential goes on beside its successor.
pub(crate) const LONGEST_OVERLAP: TimeDelta = TimeDelta::days(90);

/// What an application may be. None of it changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ApplicationRole {
    OrderCheck,
    AccessCheck,
    PartnerRead,
    EventRead,
}

impl ApplicationRole {
    pub(crate) const ALL: [ApplicationRole; 4] = [
        ApplicationRole::OrderCheck,
        ApplicationRole::AccessCheck,
        ApplicationRole::PartnerRead,
        ApplicationRole::EventRead,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            ApplicationRole::OrderCheck => "ORDER_CHECK",
            ApplicationRole::AccessCheck => "ACCESS_CHECK",
            ApplicationRole::PartnerRead => "PARTNER_READ",
            ApplicationRole::EventRead => "EVENT_READ",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<ApplicationRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

/// Whether an application is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplicationState {
    /// Let in, with its roles.
    Active,
    /// Kept out; its roles wait.
    Disabled,
}

impl ApplicationState {
    pub(crate) const ALL: [ApplicationState; 2] = [ApplicationState::Active, ApplicationState::Disabled];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            ApplicationState::Active => "ACTIVE",
            ApplicationState::Disabled => "DISABLED",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<ApplicationState> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// The one that a change of state leads from.
    pub(crate) const fn before(self) -> ApplicationState {
        match self {
            ApplicationState::Active => ApplicationState::Disabled,
            ApplicationState::Disabled => ApplicationState::Active,
        }
    }
}

/// What an application proves itself by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Proof {
    /// The private half of this key.
    Key { id: String, pem: String },
    /// The word of a trusted issuer of workloads.
    Federated { issuer: String, subject: String },
}

/// A proof, and from when until when it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Credential {
    pub(crate) proof: Proof,
    pub(crate) created: DateTime<Utc>,
    pub(crate) ends: Option<DateTime<Utc>>,
}

/// A machine caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Application {
    pub(crate) id: ApplicationId,
    pub(crate) organization: OrganizationId,
    pub(crate) display_name: String,
    pub(crate) roles: BTreeSet<ApplicationRole>,
    pub(crate) state: ApplicationState,
    /// The newest first.
    pub(crate) credentials: Vec<Credential>,
    /// Tokens of an older one are void.
    pub(crate) access_version: i64,
    pub(crate) version: i64,
    pub(crate) created: DateTime<Utc>,
    pub(crate) updated: DateTime<Utc>,
}

/// What is to change of an application; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ApplicationChange {
    pub(crate) roles: Option<BTreeSet<ApplicationRole>>,
    pub(crate) state: Option<ApplicationState>,
    pub(crate) display_name: Option<String>,
}

impl Credential {
    pub(crate) fn new(proof: Proof, now: DateTime<Utc>) -> Credential {
        Credential { proof, created: now, ends: None }
    }

    /// Whether it counts at this time.
    pub(crate) fn counts(&self, now: DateTime<Utc>) -> bool {
        self.ends.is_none_or(|ends| now < ends)
    }
}

impl Application {
    /// The credentials that count at this time.
    pub(crate) fn live(&self, now: DateTime<Utc>) -> impl Iterator<Item = &Credential> {
        self.credentials.iter().filter(move |credential| credential.counts(now))
    }

    /// Applies a change; says which fields changed. A change of rights raises the access version.
    pub(crate) fn update(&mut self, change: ApplicationChange, now: DateTime<Utc>) -> Vec<&'static str> {
        let mut changed = Vec::new();
        if let Some(roles) = change.roles.filter(|roles| *roles != self.roles) {
            self.roles = roles;
            changed.push("roles");
        }
        if let Some(state) = change.state.filter(|state| *state != self.state) {
            self.state = state;
            changed.push("state");
        }
        self.access_version += i64::from(!changed.is_empty());
        if let Some(name) = change.display_name.filter(|name| *name != self.display_name) {
            self.display_name = name;
            changed.push("display_name");
        }
        if !changed.is_empty() {
            self.updated = now;
        }
        changed
    }

    /// Gives it another credential. The former ones end at this time, or where there is none at once, and with them all tokens.
    pub(crate) fn rotate(
        &mut self,
        proof: Proof,
        former_end: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<(), ApplicationRefusal> {
        let mut former: Vec<Credential> = self.live(now).cloned().collect();
        if former.iter().any(|credential| credential.proof == proof) {
            return Err(ApplicationRefusal::CredentialExists);
        }
        match former_end {
            // None outlives the end that it had.
            Some(end) => former.iter_mut().for_each(|one| one.ends = Some(one.ends.map_or(end, |ends| ends.min(end)))),
            None => {
                former.clear();
                self.access_version += 1;
            }
        }
        if former.len() >= MOST_CREDENTIALS {
            return Err(ApplicationRefusal::CredentialQuota);
        }
        self.credentials = std::iter::once(Credential::new(proof, now)).chain(former).collect();
        self.updated = now;
        Ok(())
    }

    /// Takes all rights away for good, and with them the tokens; gives the state before.
    pub(crate) fn delete(&mut self, now: DateTime<Utc>) -> ApplicationState {
        let before = self.state;
        self.roles.clear();
        self.state = ApplicationState::Disabled;
        self.access_version += 1;
        self.updated = now;
        before
    }
}

/// Whether an organization that has so many applications may have one more.
pub(crate) fn may_have_another(present: usize) -> Result<(), ApplicationRefusal> {
    if present < MOST { Ok(()) } else { Err(ApplicationRefusal::Quota) }
}

/// What is wrong with the end of the former credentials.
pub(crate) fn overlap(end: DateTime<Utc>, now: DateTime<Utc>) -> Result<DateTime<Utc>, &'static str> {
    if end <= now {
        Err("must be in the future; without it the former credentials end at once")
    } else if end > now + LONGEST_OVERLAP {
        Err("must be at most 90 days ahead")
    } else {
        Ok(end)
    }
}

#[cfg(test)]
mod tests;
