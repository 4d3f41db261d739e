//! Delegated administration: always with an end, never an input to orders.

use chrono::{DateTime, TimeDelta, Utc};
use ids::{AdminGrantId, OrganizationId, PartnershipId, ResellerRelationshipId};

use super::Refusal;
use super::code::codes;

codes! {
    /// Where a grant stands.
    State { Active = "ACTIVE", Revoked = "REVOKED", Expired = "EXPIRED" }
}

/// How long before its end both sides are reminded.
const REMINDERS: [TimeDelta; 3] = [TimeDelta::days(30), TimeDelta::days(7), TimeDelta::days(1)];

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
    /// When both sides are reminded next.
    pub(crate) remind_time: Option<DateTime<Utc>>,
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
                self.close(State::Revoked, now);
                Ok(())
            }
            state => Err(Refusal::StateForbids { state: state.as_str(), allowed: &["ACTIVE"] }),
        }
    }

    /// Whether both sides are to be reminded of its end now; the next time is another. After a pause only the latest counts.
    pub(crate) fn remind(&mut self, now: DateTime<Utc>) -> bool {
        if self.state_at(now) != State::Active || self.remind_time.is_none_or(|due| due > now) {
            return false;
        }
        self.remind_time = next_reminder(self.expire_time, now);
        self.update_time = now;
        true
    }

    fn close(&mut self, state: State, now: DateTime<Utc>) {
        self.state = state;
        self.update_time = now;
        self.remind_time = None;
    }

    /// Writes down that its time is over.
    pub(crate) fn expire(&mut self, now: DateTime<Utc>) -> Result<(), Refusal> {
        if self.state == State::Active && self.state_at(now) == State::Expired {
            self.close(State::Expired, now);
            return Ok(());
        }
        Err(Refusal::StateForbids { state: self.state.as_str(), allowed: &["ACTIVE"] })
    }
}

/// The first reminder later than this of what ends then.
pub(crate) fn next_reminder(expire_time: DateTime<Utc>, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
    REMINDERS.into_iter().map(|before| expire_time - before).find(|due| *due > after)
}
