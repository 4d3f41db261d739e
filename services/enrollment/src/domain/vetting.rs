//! What verification says of an organization: enrollment's copy of its cases.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use ids::{OrganizationId, VettingCaseId};
use serde::{Deserialize, Serialize};

/// What is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum CheckKind {
    Email,
    Domain,
    Employment,
    Authority,
    Business,
}

/// How a check stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum CheckStatus {
    Pending,
    Passed,
    Failed,
    Waived,
}

/// One check of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Check {
    pub(crate) kind: CheckKind,
    pub(crate) status: CheckStatus,
    pub(crate) reason: String,
    pub(crate) since: Option<DateTime<Utc>>,
    pub(crate) due: Option<DateTime<Utc>>,
}

/// How a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CaseState {
    AwaitingEmail,
    Queued,
    InReview,
    ActionRequired,
    Approved,
    Rejected,
    Expired,
    Withdrawn,
}

/// A case as verification last told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Vetting {
    pub(crate) case: VettingCaseId,
    pub(crate) organization: OrganizationId,
    pub(crate) state: CaseState,
    pub(crate) reason: Option<String>,
    /// The revision of the legal profile that it is about.
    pub(crate) revision: i64,
    pub(crate) checks: Vec<Check>,
    pub(crate) updated: DateTime<Utc>,
}

impl CheckKind {
    pub(crate) const ALL: [CheckKind; 5] =
        [CheckKind::Email, CheckKind::Domain, CheckKind::Employment, CheckKind::Authority, CheckKind::Business];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            CheckKind::Email => "EMAIL",
            CheckKind::Domain => "DOMAIN",
            CheckKind::Employment => "EMPLOYMENT",
            CheckKind::Authority => "AUTHORITY",
            CheckKind::Business => "BUSINESS",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<CheckKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

impl CheckStatus {
    pub(crate) fn parse(name: &str) -> Option<CheckStatus> {
        match name {
            "PENDING" => Some(CheckStatus::Pending),
            "PASSED" => Some(CheckStatus::Passed),
            "FAILED" => Some(CheckStatus::Failed),
            "WAIVED" => Some(CheckStatus::Waived),
            _ => None,
        }
    }

    pub(crate) const fn is_settled(self) -> bool {
        matches!(self, CheckStatus::Passed | CheckStatus::Waived)
    }
}

impl CaseState {
    const ALL: [CaseState; 8] = [
        CaseState::AwaitingEmail,
        CaseState::Queued,
        CaseState::InReview,
        CaseState::ActionRequired,
        CaseState::Approved,
        CaseState::Rejected,
        CaseState::Expired,
        CaseState::Withdrawn,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            CaseState::AwaitingEmail => "AWAITING_EMAIL",
            CaseState::Queued => "QUEUED",
            CaseState::InReview => "IN_REVIEW",
            CaseState::ActionRequired => "ACTION_REQUIRED",
            CaseState::Approved => "APPROVED",
            CaseState::Rejected => "REJECTED",
            CaseState::Expired => "EXPIRED",
            CaseState::Withdrawn => "WITHDRAWN",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<CaseState> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// Whether somebody still works on it.
    pub(crate) const fn is_open(self) -> bool {
        matches!(self, CaseState::AwaitingEmail | CaseState::Queued | CaseState::InReview | CaseState::ActionRequired)
    }
}

impl Vetting {
    /// Whether the domain was shown to be the company's: waived is not shown.
    pub(crate) fn proves_domain(&self) -> bool {
        let passed = |check: &Check| check.kind == CheckKind::Domain && check.status == CheckStatus::Passed;
        self.state == CaseState::Approved && self.checks.iter().any(passed)
    }
}

/// The checks that some case has settled for this revision: what was proven once is not asked again.
pub(crate) fn settled(cases: &[Vetting], revision: i64) -> BTreeSet<CheckKind> {
    cases
        .iter()
        .filter(|case| case.revision == revision)
        .flat_map(|case| &case.checks)
        .filter(|check| check.status.is_settled())
        .map(|check| check.kind)
        .collect()
}
