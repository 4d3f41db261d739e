//! How organizations stand in the programme, and what they may do by it.

use chrono::{DateTime, Utc};
use ids::{EnrollmentId, OrganizationId, PartnerLocationId};
use markets::{CountryCode, Markets};

use super::Refusal;
use super::code::codes;

codes! {
    /// The capacity in which an organization takes part.
    EnrollmentType {
        IndirectProvider = "INDIRECT_PROVIDER",
        IndirectReseller = "INDIRECT_RESELLER",
        DirectBill = "DIRECT_BILL",
    }
}

codes! {
    /// Where an enrollment stands.
    EnrollmentState {
        Draft = "DRAFT",
        Verifying = "VERIFYING",
        Qualified = "QUALIFIED",
        Active = "ACTIVE",
        Suspended = "SUSPENDED",
        Rejected = "REJECTED",
        Withdrawn = "WITHDRAWN",
        Ended = "ENDED",
    }
}

codes! {
    /// What keeps an organization from acting in a capacity.
    Lack {
        Enrollment = "ENROLLMENT",
        Location = "LOCATION",
        Agreement = "AGREEMENT",
    }
}

/// A location that is associated with an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Location {
    pub(crate) id: PartnerLocationId,
    pub(crate) country: CountryCode,
}

/// How one enrollment stands, as enrollment last told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) enrollment: EnrollmentId,
    pub(crate) organization: OrganizationId,
    pub(crate) capacity: EnrollmentType,
    pub(crate) state: EnrollmentState,
    pub(crate) location: Option<Location>,
    /// 0 when none is signed.
    pub(crate) signed_version: i32,
    pub(crate) state_time: DateTime<Utc>,
    pub(crate) version: i64,
    /// When it was read directly, if it ever was.
    pub(crate) confirmed_at: Option<DateTime<Utc>>,
}

/// A published version of an agreement whose sign-by date is past: an older signature no longer counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DueAgreement {
    pub(crate) capacity: EnrollmentType,
    pub(crate) region: String,
    pub(crate) version: i32,
}

/// How the agreement of a standing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Agreement {
    Current,
    Unsigned,
    Overdue,
}

impl EnrollmentState {
    /// Whether another enrollment of the same type may have taken its place.
    pub(crate) fn is_over(self) -> bool {
        matches!(self, EnrollmentState::Withdrawn | EnrollmentState::Ended)
    }
}

impl Standing {
    pub(crate) fn name(&self) -> String {
        self.organization.child(self.enrollment)
    }

    /// Whether the agreement was signed, and recently enough.
    pub(crate) fn agreement(&self, due: &[DueAgreement], markets: &Markets, now: DateTime<Utc>) -> Agreement {
        if self.signed_version < 1 {
            return Agreement::Unsigned;
        }
        let region = self.location.and_then(|location| markets.region_of(location.country, now));
        let newer = |due: &DueAgreement| {
            due.capacity == self.capacity
                && due.version > self.signed_version
                && region.is_some_and(|region| region.as_str() == due.region)
        };
        if due.iter().any(newer) { Agreement::Overdue } else { Agreement::Current }
    }

    /// What keeps it from counting. QUALIFIED is not named beside the very thing it waits for.
    pub(crate) fn lacks(&self, due: &[DueAgreement], markets: &Markets, now: DateTime<Utc>) -> Vec<Lack> {
        let mut lacks = Vec::new();
        if self.location.is_none() {
            lacks.push(Lack::Location);
        }
        if self.agreement(due, markets, now) != Agreement::Current {
            lacks.push(Lack::Agreement);
        }
        let waits = self.state == EnrollmentState::Qualified && !lacks.is_empty();
        if self.state != EnrollmentState::Active && !waits {
            lacks.insert(0, Lack::Enrollment);
        }
        lacks
    }
}

/// The enrollment that counts for a capacity: the one not over, else the last.
pub(crate) fn in_capacity(standings: &[Standing], capacity: EnrollmentType) -> Option<&Standing> {
    let of_capacity = standings.iter().filter(|standing| standing.capacity == capacity);
    of_capacity.max_by_key(|standing| (!standing.state.is_over(), standing.state_time, standing.enrollment))
}

/// On which side of an invitation an organization stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Sender,
    Receiver,
}

/// The location of whoever may act in this capacity; refuses with everything that is wanting.
pub(crate) fn capable(
    side: Side,
    organization: OrganizationId,
    capacity: EnrollmentType,
    standings: &[Standing],
    due: &[DueAgreement],
    (markets, now): (&Markets, DateTime<Utc>),
) -> Result<Location, Refusal> {
    let standing = in_capacity(standings, capacity);
    let lacks = standing.map_or_else(|| vec![Lack::Enrollment], |standing| standing.lacks(due, markets, now));
    match standing.and_then(|standing| standing.location) {
        Some(location) if lacks.is_empty() => Ok(location),
        _ => Err(Refusal::NotCapable { side, organization, capacity, lacks }),
    }
}

/// The location of whoever may act in one of these capacities; refuses with what is wanting in the first that it has taken up.
pub(crate) fn capable_in_any(
    side: Side,
    organization: OrganizationId,
    capacities: &[EnrollmentType],
    standings: &[Standing],
    due: &[DueAgreement],
    at: (&Markets, DateTime<Utc>),
) -> Result<Location, Refusal> {
    let judge = |capacity: EnrollmentType| capable(side, organization, capacity, standings, due, at);
    if let Some(location) = capacities.iter().find_map(|capacity| judge(*capacity).ok()) {
        return Ok(location);
    }
    let taken_up = capacities.iter().find(|capacity| in_capacity(standings, **capacity).is_some());
    judge(*taken_up.or(capacities.first()).unwrap_or(&EnrollmentType::IndirectReseller))
}

#[cfg(test)]
mod tests;
