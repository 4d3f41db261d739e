//! An enrollment: an organization's taking part in the programme in one capacity.

use addresses::Mailing;
use chrono::{DateTime, Utc};
use ids::{EnrollmentId, OrganizationId, UserId};

use super::Refusal;
use super::lifecycle::{Command, State};
use super::requirement::Capability;

/// The capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum EnrollmentType {
    IndirectProvider,
    IndirectReseller,
    DirectBill,
}

/// An organization's taking part in one capacity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Enrollment {
    pub(crate) id: EnrollmentId,
    pub(crate) organization: OrganizationId,
    pub(crate) kind: EnrollmentType,
    pub(crate) state: State,
    /// Why it is in this state, where there is a reason code.
    pub(crate) reason: Option<String>,
    /// The same in the operator's words, where it acted.
    pub(crate) reason_text: Option<String>,
    /// Since when it is in this state.
    pub(crate) since: DateTime<Utc>,
    /// The version of the agreement signed; 0 for none.
    pub(crate) signed_version: i32,
    pub(crate) submission: Option<Submission>,
    /// The organization's own id for it; unique among its enrollments.
    pub(crate) external_id: Option<String>,
    /// What became of the last mails about it; notification tells it, and no command decides by it.
    pub(crate) mailing: Mailing,
    pub(crate) version: i64,
    pub(crate) created: DateTime<Utc>,
    pub(crate) updated: DateTime<Utc>,
}

/// Who submitted it, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Submission {
    pub(crate) by: UserId,
    pub(crate) at: DateTime<Utc>,
}

impl EnrollmentType {
    pub(crate) const ALL: [EnrollmentType; 3] =
        [EnrollmentType::IndirectProvider, EnrollmentType::IndirectReseller, EnrollmentType::DirectBill];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            EnrollmentType::IndirectProvider => "INDIRECT_PROVIDER",
            EnrollmentType::IndirectReseller => "INDIRECT_RESELLER",
            EnrollmentType::DirectBill => "DIRECT_BILL",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<EnrollmentType> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// What it lets an organization do when nothing blocks it.
    pub(crate) const fn capabilities(self) -> &'static [Capability] {
        match self {
            EnrollmentType::IndirectProvider => {
                &[Capability::Distribute, Capability::InviteCustomers, Capability::Transact]
            }
            EnrollmentType::IndirectReseller => {
                &[Capability::Resell, Capability::InviteCustomers, Capability::Transact]
            }
            EnrollmentType::DirectBill => &[Capability::InviteCustomers, Capability::Transact],
        }
    }
}

/// Whether a registration number is taken for these: by who is enrolled, not by who once tried.
pub(crate) fn hold_registration(enrollments: &[Enrollment]) -> bool {
    enrollments.iter().any(|enrollment| enrollment.state.holds_profile())
}

impl Enrollment {
    /// A new draft.
    pub(crate) fn draft(
        id: EnrollmentId,
        organization: OrganizationId,
        kind: EnrollmentType,
        now: DateTime<Utc>,
    ) -> Enrollment {
        Enrollment {
            id,
            organization,
            kind,
            state: State::Draft,
            reason: None,
            reason_text: None,
            since: now,
            signed_version: 0,
            submission: None,
            external_id: None,
            mailing: Mailing::default(),
            version: 1,
            created: now,
            updated: now,
        }
    }

    /// Takes an id of the organization's own, or gives it up; says whether that changed it.
    pub(crate) fn call_it(
        &mut self,
        external_id: Option<String>,
        others: &[Enrollment],
        now: DateTime<Utc>,
    ) -> Result<bool, Refusal> {
        if external_id.is_some() && others.iter().any(|other| other.id != self.id && other.external_id == external_id) {
            return Err(Refusal::ExternalIdTaken);
        }
        let changed = self.external_id != external_id;
        if changed {
            self.external_id = external_id;
            self.updated = now;
        }
        Ok(changed)
    }

    /// The state after a command, if its state allows the command.
    pub(crate) fn may(&self, command: Command) -> Result<State, Refusal> {
        let refused = || Refusal::State { state: self.state, allowed: State::allowing(command).collect() };
        self.state.after(command).ok_or_else(refused)
    }

    /// Obeys a command; gives the state before.
    pub(crate) fn obey(&mut self, command: Command, now: DateTime<Utc>) -> Result<State, Refusal> {
        let (before, after) = (self.state, self.may(command)?);
        if after != before {
            self.state = after;
            self.since = now;
            self.reason = None;
            self.reason_text = None;
        }
        self.updated = now;
        Ok(before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::enrollment;

    #[test]
    fn r18_an_id_of_ones_own_names_one_enrollment() {
        let (kind, now) = (EnrollmentType::DirectBill, crate::domain::samples::day(1));
        let named = |name: &str| Some(name.to_owned());
        let other = Enrollment {
            id: EnrollmentId::from_uuid(uuid::Uuid::from_u128(99)),
            external_id: named("A-1"),
            ..enrollment(kind, State::Ended)
        };
        let mut one = enrollment(kind, State::Draft);
        let unnamed = Enrollment { id: EnrollmentId::from_uuid(uuid::Uuid::from_u128(98)), ..one.clone() };
        let all = [one.clone(), other, unnamed];
        assert_eq!(one.call_it(named("A-1"), &all, now), Err(Refusal::ExternalIdTaken));
        assert_eq!((one.external_id.clone(), one.updated), (None, all[0].updated));
        assert_eq!(one.call_it(named("A-2"), &all, now), Ok(true));
        assert_eq!((one.external_id.clone(), one.updated), (named("A-2"), now));
        assert_eq!(one.call_it(named("A-2"), &[one.clone()], now), Ok(false), "its own id is no other's");
        assert_eq!(one.call_it(None, &all, now), Ok(true), "nobody's id is none's");
    }

    #[test]
    fn a_registration_number_is_held_by_whoever_has_one_enrollment_that_holds_its_profile() {
        let kind = EnrollmentType::DirectBill;
        let hold = |states: &[State]| {
            hold_registration(&states.iter().map(|state| enrollment(kind, *state)).collect::<Vec<_>>())
        };
        assert!(!hold(&[]));
        for state in State::ALL {
            assert_eq!(hold(&[State::Draft, state, State::Ended]), state.holds_profile(), "{state:?}");
        }
    }
}
