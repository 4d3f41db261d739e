//! Delegated administration: always with an end, never an input to orders.

use chrono::{DateTime, Utc};
use ids::{AdminGrantId, OrganizationId, PartnershipId, ResellerRelationshipId};

use super::Refusal;
use super::code::codes;

codes! {
    /// Where a grant stands.
    State { Active = "ACTIVE", Revoked = "REVOKED", Expired = "EXPIRED" }
}

/// Under what a grant was given; it ends with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parent {
    Partnership(PartnershipId),
    Relationship(ResellerRelationshipId),
}

/// An organization lets a partner administer it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AdminGrant {
    pub(crate) id: AdminGrantId,
    pub(crate) version: i64,
    pub(crate) grantor: OrganizationId,
    pub(crate) grantee: OrganizationId,
    pub(crate) roles: Vec<String>,
    pub(crate) parent: Parent,
    pub(crate) state: State,
    pub(crate) expire_time: DateTime<Utc>,
    pub(crate) create_time: DateTime<Utc>,
    pub(crate) update_time: DateTime<Utc>,
}

impl AdminGrant {
    /// Where it stands now: time ends it, whether or not that was written down.
    pub(crate) fn state_at(&self, now: DateTime<Utc>) -> State {
        if self.state == State::Active && self.expire_time <= now { State::Expired } else { self.state }
    }

    /// Takes it away.
    pub(crate) fn revoke(&mut self, now: DateTime<Utc>) -> Result<(), Refusal> {
        match self.state_at(now) {
            State::Active => {
                self.state = State::Revoked;
                self.update_time = now;
                Ok(())
            }
            state => Err(Refusal::StateForbids { state: state.as_str(), allowed: &["ACTIVE"] }),
        }
    }

    /// Writes down that its time is over.
    pub(crate) fn expire(&mut self, now: DateTime<Utc>) -> Result<(), Refusal> {
        if self.state == State::Active && self.state_at(now) == State::Expired {
            self.state = State::Expired;
            self.update_time = now;
            return Ok(());
        }
        Err(Refusal::StateForbids { state: self.state.as_str(), allowed: &["ACTIVE"] })
    }
}
