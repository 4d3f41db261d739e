//! How what binds parties stands: in force, suspended by one of them, or over. Partnerships and reseller relationships share it.

use chrono::{DateTime, Utc};
use ids::OrganizationId;

use super::Refusal;
use super::code::codes;

codes! {
    /// The names of the states.
    Stage { Active = "ACTIVE", Suspended = "SUSPENDED", Ended = "ENDED" }
}

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Active,
    Suspended { by: OrganizationId, at: DateTime<Utc> },
    Ended { at: DateTime<Utc> },
}

/// Who would resume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resumer {
    Party(OrganizationId),
    Operator,
}

impl State {
    pub(crate) fn stage(self) -> Stage {
        match self {
            State::Active => Stage::Active,
            State::Suspended { .. } => Stage::Suspended,
            State::Ended { .. } => Stage::Ended,
        }
    }

    /// Who suspended it, while it is.
    pub(crate) fn suspended_by(self) -> Option<OrganizationId> {
        match self {
            State::Suspended { by, .. } => Some(by),
            State::Active | State::Ended { .. } => None,
        }
    }

    /// Suspended by one of its parties.
    pub(crate) fn suspend(self, by: OrganizationId, now: DateTime<Utc>) -> Result<State, Refusal> {
        match self {
            State::Active => Ok(State::Suspended { by, at: now }),
            State::Suspended { .. } | State::Ended { .. } => self.forbids(&["ACTIVE"]),
        }
    }

    /// In force again: only who suspended it lifts that, or the operator.
    pub(crate) fn resume(self, who: Resumer) -> Result<State, Refusal> {
        match (self, who) {
            (State::Suspended { by, .. }, Resumer::Party(own)) if by != own => Err(Refusal::SuspendedByOther(by)),
            (State::Suspended { .. }, _) => Ok(State::Active),
            (State::Active | State::Ended { .. }, _) => self.forbids(&["SUSPENDED"]),
        }
    }

    /// Over for good.
    pub(crate) fn end(self, now: DateTime<Utc>) -> Result<State, Refusal> {
        self.live().map(|()| State::Ended { at: now })
    }

    /// Whether it has not ended.
    pub(crate) fn live(self) -> Result<(), Refusal> {
        match self {
            State::Active | State::Suspended { .. } => Ok(()),
            State::Ended { .. } => self.forbids(&["ACTIVE", "SUSPENDED"]),
        }
    }

    fn forbids<T>(self, allowed: &'static [&'static str]) -> Result<T, Refusal> {
        Err(Refusal::StateForbids { state: self.stage().as_str(), allowed })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn r41_who_suspended_it_is_told_for_as_long_as_it_is_suspended() {
        let (by, now) = (OrganizationId::from_uuid(Uuid::from_u128(10)), DateTime::UNIX_EPOCH);
        let suspended = State::Active.suspend(by, now).unwrap();
        assert_eq!(suspended.suspended_by(), Some(by));
        let others = [State::Active, suspended.resume(Resumer::Operator).unwrap(), suspended.end(now).unwrap()];
        assert_eq!(others.map(State::suspended_by), [None; 3]);
    }
}
