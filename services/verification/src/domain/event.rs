//! What can happen, with every fact that the journal and the siblings need.

use addresses::Language;

use super::{CheckKind, EmailVerification, VettingCase};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// To a case.
    Case(CaseEvent),
    /// To the confirmation of an address.
    Verification(VerificationEvent),
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
    CheckDecided(CheckKind),
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
    Answered,
    CodeWrong,
    Locked,
    Expired,
    Superseded,
}

/// What the mail says, beside link and code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) company: String,
    pub(crate) applicant: String,
    pub(crate) language: Language,
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
