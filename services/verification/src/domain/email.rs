//! The confirmation of one address: two questions, answered once, by link or by code.

use addresses::Delivery;
use chrono::{DateTime, Utc};
use ids::{EmailVerificationId, OrganizationId, VettingCaseId};

use super::event::{VerificationEvent, VerificationMove};
use super::{CheckKind, Contact, Refusal};

mod mail;

pub(crate) use mail::Postage;

/// Whose address it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Purpose {
    /// The primary contact's.
    Contact,
    /// The company approver's.
    Approver,
}

/// The two answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answers {
    /// Did your company enroll; may the applicant bind the company?
    pub(crate) claim: bool,
    /// Is this your address?
    pub(crate) address: bool,
}

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EmailState {
    /// Mailed, not answered.
    Pending { tries_left: u32 },
    /// Both answers were yes.
    Verified { at: DateTime<Utc> },
    /// An answer was no.
    Denied { at: DateTime<Utc>, answers: Answers },
    /// A newer one takes its place.
    Superseded,
    /// Its time is over.
    Expired,
    /// Too many wrong codes.
    Locked,
}

/// What the caller has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    /// The newest link or code.
    Newest,
    /// A link of an earlier mail.
    Older,
    /// A code that is not the right one.
    WrongCode,
}

/// One address to be confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EmailVerification {
    pub(crate) id: EmailVerificationId,
    pub(crate) organization: OrganizationId,
    pub(crate) case: VettingCaseId,
    pub(crate) purpose: Purpose,
    pub(crate) recipient: Contact,
    pub(crate) state: EmailState,
    /// How often it was mailed; 0 while its first mail is held back.
    pub(crate) generation: i64,
    /// When the next mail may be asked for.
    pub(crate) next_mail: DateTime<Utc>,
    /// The generation whose recipient was reminded last; 0 when none was.
    pub(crate) reminded: i64,
    /// What its links and codes are bound to.
    pub(crate) nonce: String,
    pub(crate) expires: DateTime<Utc>,
    pub(crate) created: DateTime<Utc>,
    pub(crate) updated: DateTime<Utc>,
    /// How often it was saved.
    pub(crate) version: i64,
    /// What became of the newest of its mails whose fate is known.
    pub(crate) delivery: Option<Delivery>,
}

/// What the outside gives to a new verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewVerification {
    pub(crate) id: EmailVerificationId,
    pub(crate) nonce: String,
    pub(crate) tries: u32,
}

impl Purpose {
    /// The check that the answer decides.
    pub(crate) fn check(self) -> CheckKind {
        match self {
            Purpose::Contact => CheckKind::Email,
            Purpose::Approver => CheckKind::Authority,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Purpose::Contact => "CONTACT",
            Purpose::Approver => "APPROVER",
        }
    }
}

impl Answers {
    /// Yes to both.
    pub(crate) fn yes(self) -> bool {
        self.claim && self.address
    }
}

impl EmailState {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            EmailState::Pending { .. } => "PENDING",
            EmailState::Verified { .. } => "VERIFIED",
            EmailState::Denied { .. } => "DENIED",
            EmailState::Superseded => "SUPERSEDED",
            EmailState::Expired => "EXPIRED",
            EmailState::Locked => "LOCKED",
        }
    }

    pub(crate) fn tries_left(self) -> u32 {
        match self {
            EmailState::Pending { tries_left } => tries_left,
            _ => 0,
        }
    }

    pub(crate) fn answered(self) -> Option<DateTime<Utc>> {
        match self {
            EmailState::Verified { at } | EmailState::Denied { at, .. } => Some(at),
            _ => None,
        }
    }
}

impl EmailVerification {
    /// The verification as it stands at this time: what ran out is EXPIRED, written down or not.
    #[must_use]
    pub(crate) fn at(mut self, now: DateTime<Utc>) -> EmailVerification {
        if self.is_overdue(now) {
            self.state = EmailState::Expired;
        }
        self
    }

    /// What the holder of a link may see of it: anything but an older mail's.
    pub(crate) fn inspect(&self, proof: Proof) -> Result<(), Refusal> {
        match (proof, self.state) {
            (Proof::WrongCode, _) => Err(Refusal::Unknown),
            (Proof::Older, _) | (_, EmailState::Superseded) => Err(Refusal::Superseded),
            (Proof::Newest, _) => Ok(()),
        }
    }

    /// Takes the answers, once.
    pub(crate) fn answer(
        &mut self,
        proof: Proof,
        answers: Answers,
        now: DateTime<Utc>,
    ) -> Result<VerificationEvent, Refusal> {
        self.inspect(proof)?;
        self.pending(now)?;
        let state =
            if answers.yes() { EmailState::Verified { at: now } } else { EmailState::Denied { at: now, answers } };
        Ok(self.moved(now, state, VerificationMove::Answered))
    }

    /// Counts a wrong code: the refusal, and what happened when it counted.
    pub(crate) fn miss(&mut self, now: DateTime<Utc>) -> (Refusal, Option<VerificationEvent>) {
        match (self.pending(now), self.state) {
            (Ok(()), EmailState::Pending { tries_left }) if tries_left > 1 => {
                let tries_left = tries_left - 1;
                let event = self.moved(now, EmailState::Pending { tries_left }, VerificationMove::CodeWrong);
                (Refusal::CodeWrong { tries_left }, Some(event))
            }
            (Ok(()), _) => (Refusal::Locked, Some(self.moved(now, EmailState::Locked, VerificationMove::Locked))),
            (Err(Refusal::Locked), _) => (Refusal::Locked, None),
            // Whoever has no right code does not learn how it stands.
            (Err(_), _) => (Refusal::Unknown, None),
        }
    }

    /// Another mail takes its place.
    pub(crate) fn supersede(&mut self, now: DateTime<Utc>) -> Result<VerificationEvent, Refusal> {
        if !matches!(self.state, EmailState::Pending { .. }) {
            return Err(Refusal::StateForbids { state: self.state.as_str(), allowed: &["PENDING"] });
        }
        Ok(self.moved(now, EmailState::Superseded, VerificationMove::Superseded))
    }

    /// Writes down that its time is over.
    pub(crate) fn expire(&mut self, now: DateTime<Utc>) -> Result<VerificationEvent, Refusal> {
        if !self.is_overdue(now) {
            return Err(Refusal::StateForbids { state: self.state.as_str(), allowed: &["PENDING"] });
        }
        Ok(self.moved(now, EmailState::Expired, VerificationMove::Expired))
    }

    fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        matches!(self.state, EmailState::Pending { .. }) && self.expires <= now
    }

    fn pending(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        match self.state {
            EmailState::Pending { .. } if self.is_overdue(now) => Err(Refusal::Expired),
            EmailState::Pending { .. } => Ok(()),
            EmailState::Verified { .. } | EmailState::Denied { .. } => Err(Refusal::Used),
            EmailState::Superseded => Err(Refusal::Superseded),
            EmailState::Expired => Err(Refusal::Expired),
            EmailState::Locked => Err(Refusal::Locked),
        }
    }

    fn moved(&mut self, now: DateTime<Utc>, state: EmailState, what: VerificationMove) -> VerificationEvent {
        let from = self.state.as_str();
        self.state = state;
        self.updated = now;
        self.event(Some(from), what)
    }

    fn event(&self, from: Option<&'static str>, what: VerificationMove) -> VerificationEvent {
        VerificationEvent { what, from, verification: Box::new(self.clone()) }
    }
}
