//! The five checks of a case.

use chrono::{DateTime, Utc};

use super::Purpose;
use super::post::Post;

/// What is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum CheckKind {
    /// The contact reads mail at the address.
    Email,
    /// The e-mail domain is the company's.
    Domain,
    /// The contact works for the company.
    Employment,
    /// The applicant may bind the company.
    Authority,
    /// Legal name, address and registration are true.
    Business,
}

impl CheckKind {
    pub(crate) const ALL: [CheckKind; 5] =
        [CheckKind::Email, CheckKind::Domain, CheckKind::Employment, CheckKind::Authority, CheckKind::Business];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            CheckKind::Email => "EMAIL",
            CheckKind::Domain => "DOMAIN",
            CheckKind::Employment => "EMPLOYMENT",
            CheckKind::Authority => "AUTHORITY",
            CheckKind::Business => "BUSINESS",
        }
    }
}

/// How a decided check was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Shown to be true.
    Passed,
    /// Shown to be false, or not shown.
    Failed { reason: String },
    /// Not asked for here.
    Waived { reason: String },
}

/// How a check stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Status {
    /// Not decided; by when it must be, or is expected to be, and the mail that asks about it.
    Pending { due: Option<DateTime<Utc>>, post: Option<Post> },
    /// Decided.
    Decided(Verdict),
}

/// Who must act before a check is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WaitsFor {
    /// Whoever holds the mailed link.
    LinkHolder(Purpose),
    /// The applicant.
    Applicant(Todo),
    /// A reviewer.
    Reviewer,
    /// The operator, who sees to a mail that could not be sent.
    Operator,
    /// Nobody: it is shown, or the case is closed.
    Nobody,
}

/// What the applicant must do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Todo {
    /// Answer the reviewer.
    Answer,
    /// Have the mail sent anew.
    Resend,
    /// Name another person, or another address.
    Person,
    /// Show by evidence what has failed.
    Evidence,
}

/// One check, and since when it stands so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Check {
    pub(crate) status: Status,
    pub(crate) since: DateTime<Utc>,
}

/// All checks of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checks {
    email: Check,
    domain: Check,
    employment: Check,
    authority: Check,
    business: Check,
}

impl WaitsFor {
    /// As enrollment is told.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            WaitsFor::LinkHolder(Purpose::Contact) => "CONTACT",
            WaitsFor::LinkHolder(Purpose::Approver) => "APPROVER",
            WaitsFor::Applicant(Todo::Answer) => "ANSWER",
            WaitsFor::Applicant(Todo::Resend) => "RESEND",
            WaitsFor::Applicant(Todo::Person) => "PERSON",
            WaitsFor::Applicant(Todo::Evidence) => "EVIDENCE",
            WaitsFor::Reviewer => "REVIEWER",
            WaitsFor::Operator => "OPERATOR",
            WaitsFor::Nobody => "",
        }
    }
}

impl Verdict {
    pub(crate) fn reason(&self) -> Option<&str> {
        match self {
            Verdict::Passed => None,
            Verdict::Failed { reason } | Verdict::Waived { reason } => Some(reason),
        }
    }
}

impl Status {
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Status::Pending { .. } => "PENDING",
            Status::Decided(Verdict::Passed) => "PASSED",
            Status::Decided(Verdict::Failed { .. }) => "FAILED",
            Status::Decided(Verdict::Waived { .. }) => "WAIVED",
        }
    }

    pub(crate) fn reason(&self) -> Option<&str> {
        match self {
            Status::Pending { .. } => None,
            Status::Decided(verdict) => verdict.reason(),
        }
    }

    pub(crate) fn due(&self) -> Option<DateTime<Utc>> {
        match self {
            Status::Pending { due, .. } => *due,
            Status::Decided(_) => None,
        }
    }

    /// The mail that asks about it.
    pub(crate) fn post(&self) -> Option<Post> {
        match self {
            Status::Pending { post, .. } => *post,
            Status::Decided(_) => None,
        }
    }

    pub(crate) fn is_pending(&self) -> bool {
        matches!(self, Status::Pending { .. })
    }

    /// True when it keeps no case from approval.
    pub(crate) fn satisfies(&self) -> bool {
        matches!(self, Status::Decided(Verdict::Passed | Verdict::Waived { .. }))
    }
}

impl Checks {
    /// The checks made from what is known of each kind.
    pub(crate) fn try_of<E>(mut check: impl FnMut(CheckKind) -> Result<Check, E>) -> Result<Checks, E> {
        Ok(Checks {
            email: check(CheckKind::Email)?,
            domain: check(CheckKind::Domain)?,
            employment: check(CheckKind::Employment)?,
            authority: check(CheckKind::Authority)?,
            business: check(CheckKind::Business)?,
        })
    }

    pub(crate) fn get(&self, kind: CheckKind) -> &Check {
        match kind {
            CheckKind::Email => &self.email,
            CheckKind::Domain => &self.domain,
            CheckKind::Employment => &self.employment,
            CheckKind::Authority => &self.authority,
            CheckKind::Business => &self.business,
        }
    }

    pub(crate) fn is_pending(&self, kind: CheckKind) -> bool {
        self.get(kind).status.is_pending()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (CheckKind, &Check)> {
        CheckKind::ALL.into_iter().map(|kind| (kind, self.get(kind)))
    }

    /// Those that keep the case from approval.
    pub(crate) fn outstanding(&self) -> Vec<CheckKind> {
        self.iter().filter(|(_, check)| !check.status.satisfies()).map(|(kind, _)| kind).collect()
    }

    pub(super) fn decide(&mut self, kind: CheckKind, verdict: Verdict, now: DateTime<Utc>) {
        *self.get_mut(kind) = Check { status: Status::Decided(verdict), since: now };
    }

    /// Makes a check pending again.
    pub(super) fn reopen(&mut self, kind: CheckKind, now: DateTime<Utc>) {
        *self.get_mut(kind) = Check { status: Status::Pending { due: None, post: None }, since: now };
    }

    /// Sets by when a pending check is expected; a decided one stays.
    pub(super) fn expect(&mut self, kind: CheckKind, until: DateTime<Utc>) {
        if let Status::Pending { due, .. } = &mut self.get_mut(kind).status {
            *due = Some(until);
        }
    }

    /// Notes what became of the mail that asks about a pending check.
    pub(super) fn note(&mut self, kind: CheckKind, noted: Post) {
        if let Status::Pending { post, .. } = &mut self.get_mut(kind).status {
            *post = Some(noted);
        }
    }

    fn get_mut(&mut self, kind: CheckKind) -> &mut Check {
        match kind {
            CheckKind::Email => &mut self.email,
            CheckKind::Domain => &mut self.domain,
            CheckKind::Employment => &mut self.employment,
            CheckKind::Authority => &mut self.authority,
            CheckKind::Business => &mut self.business,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r24_enrollment_is_told_in_these_words_whom_a_check_waits_for() {
        let applicant = [Todo::Answer, Todo::Resend, Todo::Person, Todo::Evidence].map(WaitsFor::Applicant);
        assert_eq!(applicant.map(WaitsFor::as_str), ["ANSWER", "RESEND", "PERSON", "EVIDENCE"]);
        let holders = [Purpose::Contact, Purpose::Approver].map(WaitsFor::LinkHolder);
        assert_eq!(holders.map(WaitsFor::as_str), ["CONTACT", "APPROVER"]);
        let others = [WaitsFor::Reviewer, WaitsFor::Operator, WaitsFor::Nobody];
        assert_eq!(others.map(WaitsFor::as_str), ["REVIEWER", "OPERATOR", ""]);
    }
}
