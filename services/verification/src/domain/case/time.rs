//! What time alone does to a case, and who is told before or after.

use chrono::{DateTime, Utc};

use super::{CaseState, VettingCase};
use crate::domain::event::{CaseEvent, CaseMove};
use crate::domain::{Deadlines, EmailVerification, Purpose, Refusal};

impl VettingCase {
    /// Closes a case whose applicant let the deadline pass.
    pub(crate) fn expire(&mut self, now: DateTime<Utc>) -> Result<CaseEvent, Refusal> {
        if !self.state.is_overdue(now) {
            return Err(self.forbids(now, &["AWAITING_EMAIL", "ACTION_REQUIRED"]));
        }
        let from = Some(self.state.as_str());
        let event = self.moved(now, CaseMove::Expired, |case| case.state = CaseState::Expired);
        Ok(CaseEvent { from, ..event })
    }

    /// Writes down that its reviewer's time is over. None while it isn't.
    pub(crate) fn lapse(&mut self, now: DateTime<Utc>) -> Option<CaseEvent> {
        if self.state.lease().is_none_or(|lease| now < lease) {
            return None;
        }
        let from = Some(self.state.as_str());
        let event = self.moved(now, CaseMove::Lapsed, |case| case.state = case.state.at(now));
        Some(CaseEvent { from, ..event })
    }

    /// Notes that our promise is late, once for each: whether that is to be told.
    pub(crate) fn alarm(&mut self, now: DateTime<Utc>) -> bool {
        let (CaseState::Queued { due } | CaseState::InReview { due, .. }) = self.state else { return false };
        if now < due || self.told.alarmed == Some(due) {
            return false;
        }
        self.told.alarmed = Some(due);
        true
    }

    /// Reminds the applicant, once for each deadline, when that is near. None when there is nothing to remind of.
    pub(crate) fn remind(&mut self, now: DateTime<Utc>, deadlines: &Deadlines) -> Option<CaseEvent> {
        let CaseState::ActionRequired { due, .. } = self.state else { return None };
        if now < due - deadlines.remind || due <= now || self.told.reminded == Some(due) {
            return None;
        }
        self.told.reminded = Some(due);
        Some(self.moved(now, CaseMove::Reminded, |_| {}))
    }

    /// Another mail gives its recipient more time, and the case with it.
    pub(crate) fn extend(&mut self, verification: &EmailVerification, now: DateTime<Utc>) -> CaseEvent {
        let due = verification.expires;
        self.moved(now, CaseMove::Extended, |case| {
            if verification.purpose == Purpose::Contact {
                case.state = CaseState::AwaitingEmail { due };
            }
            case.checks.expect(verification.purpose.check(), due);
            case.mailed(verification);
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::domain::samples::{DEADLINES, case, elsewhere, now, reviewer, verification};

    const SECOND: TimeDelta = TimeDelta::seconds(1);

    fn claimed() -> VettingCase {
        let mut case = case();
        case.contact_answered(true, now(), &DEADLINES).unwrap();
        case.claim(reviewer(10), &elsewhere(), now(), &DEADLINES).unwrap();
        case
    }

    #[test]
    fn r23_a_claim_holds_to_the_second_and_then_anybody_may_take_the_case() {
        let ends = now() + DEADLINES.claim;
        let claim = |by, at| claimed().claim(reviewer(by), &elsewhere(), at, &DEADLINES);
        assert_eq!(claim(11, ends - SECOND), Err(Refusal::ClaimedByOther));
        assert_eq!(claim(11, ends).unwrap().from, Some("QUEUED"));
        assert_eq!(claim(10, ends - SECOND).unwrap().case.state.lease(), Some(ends - SECOND + DEADLINES.claim));
        let approve = |at| claimed().approve(reviewer(10), at);
        assert!(matches!(approve(ends - SECOND), Err(Refusal::ChecksOutstanding(_))));
        assert_eq!(approve(ends), Err(Refusal::StateForbids { state: "QUEUED", allowed: &["IN_REVIEW"] }));
        assert_eq!((claimed().lapse(ends - SECOND), claimed().at(ends).state.as_str()), (None, "QUEUED"));
        let lapsed = claimed().lapse(ends).unwrap();
        assert_eq!((lapsed.from, lapsed.case.state.as_str()), (Some("IN_REVIEW"), "QUEUED"));
    }

    #[test]
    fn r24_what_expired_is_told_to_have_left_the_state_that_was_written_down() {
        let mut silent = case();
        let told = silent.expire(now() + DEADLINES.confirm).unwrap();
        assert_eq!((told.from, told.case.state.as_str()), (Some("AWAITING_EMAIL"), "EXPIRED"));
    }

    #[test]
    fn r24_a_promise_is_late_to_the_second_and_told_once() {
        let due = now() + DEADLINES.review;
        assert!(!claimed().alarm(due - SECOND));
        let mut late = claimed();
        assert_eq!((late.alarm(due), late.alarm(due)), (true, false));
        assert_eq!(late.state.due(), Some(due), "nothing closes");
        assert!(!case().alarm(due), "the contact is late there, not we");
    }

    #[test]
    fn r24_another_mail_to_the_contact_alone_has_the_case_wait_for_it() {
        let waits = |purpose| {
            let mut case = claimed();
            case.extend(&EmailVerification { purpose, ..verification() }, now());
            case.state.as_str()
        };
        assert_eq!([Purpose::Contact, Purpose::Approver].map(waits), ["AWAITING_EMAIL", "IN_REVIEW"]);
    }
}
