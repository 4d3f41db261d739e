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
    /// What it waits for; none when for nothing, or nothing was told.
    #[serde(default)]
    pub(crate) waits_for: Option<Wait>,
}

/// What a check waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Wait {
    /// The primary contact's answer to the mailed link.
    Contact,
    /// The company approver's.
    Approver,
    /// The applicant's answer to a reviewer.
    Answer,
    /// The applicant has the mail sent anew.
    Resend,
    /// The applicant names another person, or another address.
    Person,
    /// The applicant shows it by evidence.
    Evidence,
    /// A reviewer.
    Reviewer,
    /// The operator, who sees to a mail that can't be sent.
    Operator,
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
    /// What the reviewer wrote for the applicant.
    pub(crate) explanation: Option<String>,
    /// Until when a rejection may be appealed; none where it may not.
    pub(crate) appeal_by: Option<DateTime<Utc>>,
    /// By when its next step is due, or promised.
    pub(crate) due: Option<DateTime<Utc>>,
    /// The revision of the legal profile that it is about.
    pub(crate) revision: i64,
    pub(crate) checks: Vec<Check>,
    /// Rejected, and nothing can open it again.
    pub(crate) appeal_spent: bool,
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

impl Wait {
    pub(crate) fn parse(name: &str) -> Option<Wait> {
        match name {
            "CONTACT" => Some(Wait::Contact),
            "APPROVER" => Some(Wait::Approver),
            "ANSWER" => Some(Wait::Answer),
            "RESEND" => Some(Wait::Resend),
            "PERSON" => Some(Wait::Person),
            "EVIDENCE" => Some(Wait::Evidence),
            "REVIEWER" => Some(Wait::Reviewer),
            "OPERATOR" => Some(Wait::Operator),
            _ => None,
        }
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
}

impl CaseState {
    pub(crate) const ALL: [CaseState; 8] = [
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
    /// Whether an appeal can still be made.
    pub(crate) fn may_be_appealed(&self, now: DateTime<Utc>) -> bool {
        self.state == CaseState::Rejected && self.appeal_by.is_some_and(|by| now < by)
    }

    /// Whether the primary contact has said that it concerns them not.
    pub(crate) fn is_denied_by_contact(&self) -> bool {
        self.checks.iter().any(|check| check.kind == CheckKind::Email && check.status == CheckStatus::Failed)
    }

    /// Whether some check waits for this.
    pub(crate) fn waits_for(&self, wait: Wait) -> bool {
        self.state.is_open() && self.checks.iter().any(|check| check.waits_for == Some(wait))
    }

    /// Whether the domain was shown to be the company's: waived is not shown.
    pub(crate) fn proves_domain(&self) -> bool {
        let passed = |check: &Check| check.kind == CheckKind::Domain && check.status == CheckStatus::Passed;
        self.state == CaseState::Approved && self.checks.iter().any(passed)
    }

    fn settles(&self, check: &Check) -> bool {
        match check.status {
            CheckStatus::Passed => true,
            CheckStatus::Waived => self.state == CaseState::Approved || self.state.is_open(),
            CheckStatus::Pending | CheckStatus::Failed => false,
        }
    }
}

/// Whether a case approved this revision: settled checks alone are not the decision.
pub(crate) fn is_approved(cases: &[Vetting], revision: i64) -> bool {
    cases.iter().any(|case| case.revision == revision && case.state == CaseState::Approved)
}

/// The checks that some case has settled for this revision: what was proven once is not asked again. A waiver is no proof, so it ends with a
/// case that is not approved: a later case would take it for passed.
pub(crate) fn settled(cases: &[Vetting], revision: i64) -> BTreeSet<CheckKind> {
    cases
        .iter()
        .filter(|case| case.revision == revision)
        .flat_map(|case| case.checks.iter().filter(|check| case.settles(check)))
        .map(|check| check.kind)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(state: CaseState, status: CheckStatus) -> Vetting {
        let (since, due, waits_for) = (None, None, None);
        let check = Check { kind: CheckKind::Domain, status, reason: String::new(), since, due, waits_for };
        Vetting {
            case: VettingCaseId::from_uuid(uuid::Uuid::nil()),
            organization: OrganizationId::from_uuid(uuid::Uuid::nil()),
            state,
            reason: None,
            explanation: None,
            appeal_by: None,
            due: None,
            revision: 1,
            checks: vec![check],
            appeal_spent: false,
            updated: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_waiver_ends_with_a_case_that_is_not_approved_and_what_is_passed_stays() {
        for state in CaseState::ALL {
            assert!(settled(&[case(state, CheckStatus::Passed)], 1).contains(&CheckKind::Domain), "{state:?}");
            assert!(settled(&[case(state, CheckStatus::Passed)], 2).is_empty());
            let waived = state.is_open() || state == CaseState::Approved;
            assert_eq!(!settled(&[case(state, CheckStatus::Waived)], 1).is_empty(), waived, "{state:?}");
            assert!(settled(&[case(state, CheckStatus::Failed)], 1).is_empty());
        }
    }

    #[test]
    fn settled_checks_are_no_approval() {
        assert!(!is_approved(&[case(CaseState::InReview, CheckStatus::Passed)], 1));
        assert!(is_approved(&[case(CaseState::Approved, CheckStatus::Waived)], 1));
        assert!(!is_approved(&[case(CaseState::Approved, CheckStatus::Passed)], 2));
    }
}
