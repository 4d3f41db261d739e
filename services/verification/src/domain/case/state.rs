//! Where a case can stand, with what is known there and nowhere else.

use chrono::{DateTime, Utc};
use ids::{OrganizationId, UserId};

/// A reviewer, with the organization reviewed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reviewer {
    pub(crate) organization: OrganizationId,
    pub(crate) user: UserId,
}

/// Why a case was refused, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rejection {
    /// A code of the reasons in force.
    pub(crate) reason: String,
    /// The same for people; empty when the contact says no.
    pub(crate) text: String,
    /// The reviewer; none when the contact says no, against which there is no appeal.
    pub(crate) by: Option<Reviewer>,
    /// Until when the applicant may appeal; none where that is not possible, or not any more.
    pub(crate) appeal_by: Option<DateTime<Utc>>,
}

/// Where a case stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CaseState {
    /// The contact has until `due` to confirm the address.
    AwaitingEmail { due: DateTime<Utc> },
    /// Waits for a reviewer, whose outcome is promised by `due`.
    Queued { due: DateTime<Utc> },
    /// A reviewer has claimed it, and holds it until `lease`.
    InReview { by: Reviewer, due: DateTime<Utc>, lease: DateTime<Utc> },
    /// The applicant has until `due` to answer the reviewer.
    ActionRequired { by: Reviewer, due: DateTime<Utc> },
    /// All is shown.
    Approved { by: Reviewer },
    /// Refused.
    Rejected(Rejection),
    /// Closed at its deadline.
    Expired,
    /// Closed by the applicant.
    Withdrawn,
}

impl CaseState {
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            CaseState::AwaitingEmail { .. } => "AWAITING_EMAIL",
            CaseState::Queued { .. } => "QUEUED",
            CaseState::InReview { .. } => "IN_REVIEW",
            CaseState::ActionRequired { .. } => "ACTION_REQUIRED",
            CaseState::Approved { .. } => "APPROVED",
            CaseState::Rejected(_) => "REJECTED",
            CaseState::Expired => "EXPIRED",
            CaseState::Withdrawn => "WITHDRAWN",
        }
    }

    pub(crate) fn due(&self) -> Option<DateTime<Utc>> {
        match self {
            CaseState::AwaitingEmail { due }
            | CaseState::Queued { due }
            | CaseState::InReview { due, .. }
            | CaseState::ActionRequired { due, .. } => Some(*due),
            CaseState::Approved { .. } | CaseState::Rejected(_) | CaseState::Expired | CaseState::Withdrawn => None,
        }
    }

    pub(crate) fn reviewer(&self) -> Option<Reviewer> {
        match self {
            CaseState::InReview { by, .. } | CaseState::ActionRequired { by, .. } | CaseState::Approved { by } => {
                Some(*by)
            }
            CaseState::Rejected(rejection) => rejection.by,
            _ => None,
        }
    }

    pub(crate) fn reason(&self) -> Option<&str> {
        match self {
            CaseState::Rejected(rejection) => Some(&rejection.reason),
            _ => None,
        }
    }

    /// The reason in words.
    pub(crate) fn explanation(&self) -> Option<&str> {
        match self {
            CaseState::Rejected(rejection) => Some(&rejection.text),
            _ => None,
        }
    }

    /// Until when a rejection may be appealed, as far as time goes.
    pub(crate) fn appeal_by(&self) -> Option<DateTime<Utc>> {
        match self {
            CaseState::Rejected(rejection) => rejection.appeal_by,
            _ => None,
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.due().is_some()
    }

    /// Until when the reviewer holds it.
    pub(crate) fn lease(&self) -> Option<DateTime<Utc>> {
        match self {
            CaseState::InReview { lease, .. } => Some(*lease),
            _ => None,
        }
    }

    /// The state as it stands at this time: what ran out is EXPIRED, and what nobody holds any more is QUEUED, written down or not.
    pub(super) fn at(&self, now: DateTime<Utc>) -> CaseState {
        match self {
            state if state.is_overdue(now) => CaseState::Expired,
            CaseState::InReview { due, lease, .. } if *lease <= now => CaseState::Queued { due: *due },
            state => state.clone(),
        }
    }

    pub(super) fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        matches!(self, CaseState::AwaitingEmail { due } | CaseState::ActionRequired { due, .. } if *due <= now)
    }
}
