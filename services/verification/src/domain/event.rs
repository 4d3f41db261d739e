//! What can happen, with every fact that the journal and the siblings need.

use addresses::{Email, Language};

use super::{CheckKind, EmailVerification, Evidence, ReviewNote, VettingCase};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// To a case.
    Case(CaseEvent),
    /// To the confirmation of an address.
    Verification(VerificationEvent),
    /// The operator is told of something that needs its eye.
    Alert(Alert),
    /// A reviewer wrote a note.
    Noted(ReviewNote),
    /// A piece of evidence came in.
    EvidenceReceived(Evidence),
}

/// What happened to a case, and the case after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseEvent {
    pub(crate) what: CaseMove,
    /// The state before; none when it was opened.
    pub(crate) from: Option<&'static str>,
    pub(crate) case: Box<VettingCase>,
}

/// What can happen to a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CaseMove {
    Opened,
    Joined,
    Queued,
    Claimed,
    /// The reviewer gave it back.
    Released,
    /// The reviewer's time was over.
    Lapsed,
    CheckDecided(CheckKind),
    /// The domain of the contact's address was proven meanwhile.
    DomainLearnt,
    /// The contact has more time, by another mail.
    Extended,
    /// The applicant is asked something.
    Asked,
    /// The applicant has answered.
    Answered,
    /// The applicant's time is nearly over.
    Reminded,
    /// What became of the mail that asks about this check is known.
    MailNoted(CheckKind),
    /// The applicant let the time for an appeal pass.
    AppealForgone,
    /// The applicant asks another reviewer to look again.
    Appealed,
    Approved,
    Rejected,
    Expired,
    /// Another revision is under review.
    Updated,
    /// An enrollment waits no more, while others do.
    Left,
    Withdrawn,
}

/// What happened to the confirmation of an address, and how it stands after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerificationEvent {
    pub(crate) what: VerificationMove,
    /// The state before; none when it was issued.
    pub(crate) from: Option<&'static str>,
    pub(crate) verification: Box<EmailVerification>,
}

/// What can happen to the confirmation of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum VerificationMove {
    Issued(Letter),
    /// A limit on mail is reached: nothing was sent.
    Withheld,
    Resent(Letter),
    Reminded(Letter),
    Answered,
    CodeWrong,
    Locked,
    Expired,
    Superseded,
}

/// What the operator is told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    pub(crate) cause: AlertCause,
    pub(crate) to: Email,
    pub(crate) case: Box<VettingCase>,
}

/// Why the operator is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AlertCause {
    /// The contact says that the company did not apply.
    NotUs,
    /// The company approver says that the applicant may not bind the company.
    ApproverDenied,
    /// What we promised is late.
    ReviewLate,
}

/// What the mail says, beside link and code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) company: String,
    pub(crate) applicant: String,
    pub(crate) language: Language,
}

impl Letter {
    /// About the company under review.
    pub(super) fn of(case: &VettingCase) -> Letter {
        let subject = &case.subject;
        Letter {
            company: subject.legal_name.clone(),
            applicant: subject.applicant().to_owned(),
            language: subject.language.clone(),
        }
    }
}

impl AlertCause {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            AlertCause::NotUs => "NOT_US",
            AlertCause::ApproverDenied => "APPROVER_DENIED",
            AlertCause::ReviewLate => "REVIEW_LATE",
        }
    }
}

impl From<CaseEvent> for Event {
    fn from(event: CaseEvent) -> Event {
        Event::Case(event)
    }
}

impl From<VerificationEvent> for Event {
    fn from(event: VerificationEvent) -> Event {
        Event::Verification(event)
    }
}

impl From<Alert> for Event {
    fn from(alert: Alert) -> Event {
        Event::Alert(alert)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::{DEADLINES, case, now};

    #[test]
    fn the_operator_is_told_of_a_no_by_the_reason_that_the_case_has_for_it() {
        let (mut not_us, mut denied) = (case(), case());
        not_us.contact_answered(false, now(), &DEADLINES).unwrap();
        denied.approver_answered(false, now()).unwrap();
        let authority = &denied.checks.get(CheckKind::Authority).status;
        assert_eq!(not_us.state.reason(), Some(AlertCause::NotUs.as_str()));
        assert_eq!(authority.reason(), Some(AlertCause::ApproverDenied.as_str()));
        assert_eq!(AlertCause::ReviewLate.as_str(), "REVIEW_LATE");
    }
}
