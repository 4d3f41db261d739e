//! The mails of a verification: the first, those asked for anew, and the reminder. Each resend makes the links before it void.

use chrono::{DateTime, Utc};

use super::{EmailState, EmailVerification, NewVerification, Purpose};
use crate::domain::event::{Letter, VerificationEvent, VerificationMove};
use crate::domain::{Deadlines, Refusal, VettingCase};

/// As many mails ask one person one thing, reminders aside.
const MOST_MAILS: i64 = 5;

/// Whether the first mail may go out now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Postage {
    /// It goes.
    Paid,
    /// A limit is reached until then: it is held back, and can be asked for from then on.
    Due(DateTime<Utc>),
    /// Its recipient has said that it concerns them not: no more mail goes there.
    Refused,
}

impl EmailVerification {
    /// Asks the person whom the case asks for this purpose.
    pub(crate) fn issue(
        new: NewVerification,
        case: &VettingCase,
        purpose: Purpose,
        postage: Postage,
        now: DateTime<Utc>,
        deadlines: &Deadlines,
    ) -> (EmailVerification, VerificationEvent) {
        let expires = now + deadlines.confirm;
        let (generation, next_mail) = match postage {
            Postage::Paid => (1, now + deadlines.resend),
            Postage::Due(from) => (0, from),
            Postage::Refused => (0, expires),
        };
        let verification = EmailVerification {
            id: new.id,
            organization: case.organization,
            case: case.id,
            purpose,
            recipient: case.subject.person(purpose).clone(),
            state: EmailState::Pending { tries_left: new.tries },
            generation,
            next_mail,
            reminded: 0,
            nonce: new.nonce,
            expires,
            created: now,
            updated: now,
            version: 1,
            delivery: None,
        };
        let what = match postage {
            Postage::Paid => VerificationMove::Issued(Letter::of(case)),
            Postage::Due(_) | Postage::Refused => VerificationMove::Withheld,
        };
        let event = verification.event(None, what);
        (verification, event)
    }

    /// Mails it anew: another link and code, tries and time from the start, and every link before it superseded.
    pub(crate) fn resend(
        &mut self,
        case: &VettingCase,
        tries: u32,
        now: DateTime<Utc>,
        deadlines: &Deadlines,
    ) -> Result<VerificationEvent, Refusal> {
        let state = self.clone().at(now).state;
        let asks = case.still_asks(self) && case.clone().at(now).state.is_open();
        match state {
            EmailState::Verified { .. } => return Err(Refusal::AlreadyVerified),
            EmailState::Pending { .. } | EmailState::Expired | EmailState::Locked if asks => {}
            EmailState::Pending { .. }
            | EmailState::Expired
            | EmailState::Locked
            | EmailState::Denied { .. }
            | EmailState::Superseded => return Err(Refusal::AsksNoMore { state: state.as_str() }),
        }
        if self.mails_left() == 0 {
            return Err(Refusal::MailsSpent);
        }
        if now < self.next_mail {
            return Err(Refusal::TooSoon { wait: self.next_mail - now });
        }
        self.generation += 1;
        self.next_mail = now + deadlines.resend;
        self.expires = now + deadlines.confirm;
        let state = EmailState::Pending { tries_left: tries };
        Ok(self.moved(now, state, VerificationMove::Resent(Letter::of(case))))
    }

    /// Reminds its recipient, once for each mail, when the deadline is near. None when there is nothing to remind of.
    pub(crate) fn remind(
        &mut self,
        case: &VettingCase,
        now: DateTime<Utc>,
        deadlines: &Deadlines,
    ) -> Option<VerificationEvent> {
        let near = self.expires - deadlines.remind <= now && now < self.expires;
        let pending = matches!(self.state, EmailState::Pending { .. });
        let asks = case.still_asks(self) && case.state.is_open();
        if !pending || !near || self.generation <= self.reminded || !asks {
            return None;
        }
        self.reminded = self.generation;
        Some(self.moved(now, self.state, VerificationMove::Reminded(Letter::of(case))))
    }

    /// How many more mails may be asked for.
    pub(crate) fn mails_left(&self) -> i64 {
        match self.state {
            EmailState::Pending { .. } | EmailState::Expired | EmailState::Locked => MOST_MAILS - self.generation,
            EmailState::Verified { .. } | EmailState::Denied { .. } | EmailState::Superseded => 0,
        }
    }

    /// When the next mail may be asked for; none when none may.
    pub(crate) fn next_mail(&self) -> Option<DateTime<Utc>> {
        (self.mails_left() > 0).then_some(self.next_mail)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::domain::samples::{DEADLINES, case, id, now, verification};
    use crate::domain::{Answers, CaseState, Proof};

    const SECOND: TimeDelta = TimeDelta::seconds(1);

    #[test]
    fn r21_a_resend_waits_for_its_time_to_the_second() {
        let free = verification().next_mail;
        assert_eq!(free, now() + DEADLINES.resend);
        let mut early = verification();
        let refused = early.resend(&case(), 5, free - SECOND, &DEADLINES);
        assert_eq!(refused, Err(Refusal::TooSoon { wait: SECOND }));
        assert_eq!(early, verification(), "a refusal changes nothing");
        let mut again = verification();
        again.miss(now()).1.unwrap();
        let event = again.resend(&case(), 5, free, &DEADLINES).unwrap();
        assert!(matches!(event.what, VerificationMove::Resent(_)));
        assert_eq!((again.generation, again.state.tries_left()), (2, 5));
        assert_eq!((again.next_mail, again.expires), (free + DEADLINES.resend, free + DEADLINES.confirm));
        assert_eq!(again.answer(Proof::Older, Answers { claim: true, address: true }, free), Err(Refusal::Superseded));
    }

    #[test]
    fn r21_a_resend_opens_what_expired_or_was_locked_and_nothing_that_was_answered() {
        let later = now() + DEADLINES.resend;
        let resent = |state| EmailVerification { state, ..verification() }.resend(&case(), 5, later, &DEADLINES);
        for state in [EmailState::Pending { tries_left: 1 }, EmailState::Expired, EmailState::Locked] {
            assert_eq!(resent(state).unwrap().verification.state, EmailState::Pending { tries_left: 5 });
        }
        let answers = Answers { claim: true, address: false };
        assert_eq!(resent(EmailState::Verified { at: now() }), Err(Refusal::AlreadyVerified));
        for state in [EmailState::Denied { at: now(), answers }, EmailState::Superseded] {
            assert_eq!(resent(state), Err(Refusal::AsksNoMore { state: state.as_str() }));
        }
        let mut closed = case();
        closed.contact_answered(false, now(), &DEADLINES).unwrap();
        assert!(matches!(verification().resend(&closed, 5, later, &DEADLINES), Err(Refusal::AsksNoMore { .. })));
    }

    #[test]
    fn r21_five_mails_and_no_more() {
        let (mut it, mut at) = (verification(), now());
        for left in (0..MOST_MAILS - 1).rev() {
            at = it.next_mail;
            let mut open = case();
            open.extend(&it, at);
            it.resend(&open, 5, at, &DEADLINES).unwrap();
            assert_eq!(it.mails_left(), left);
        }
        assert_eq!((it.generation, it.next_mail()), (MOST_MAILS, None));
        let mut open = case();
        open.extend(&it, at);
        assert_eq!(it.resend(&open, 5, it.next_mail, &DEADLINES), Err(Refusal::MailsSpent));
    }

    #[test]
    fn r21_a_first_mail_that_is_held_back_can_be_asked_for_once_the_limit_ends() {
        let until = now() + TimeDelta::hours(3);
        let new = || NewVerification { id: id(5), nonce: "nonce".to_owned(), tries: 5 };
        let issue = |postage| EmailVerification::issue(new(), &case(), Purpose::Contact, postage, now(), &DEADLINES);
        let (mut held, event) = issue(Postage::Due(until));
        assert_eq!((event.what, held.generation, held.next_mail()), (VerificationMove::Withheld, 0, Some(until)));
        assert_eq!(held.remind(&case(), held.expires - SECOND, &DEADLINES), None, "there is no mail to remind of");
        assert_eq!(held.resend(&case(), 5, until - SECOND, &DEADLINES), Err(Refusal::TooSoon { wait: SECOND }));
        held.resend(&case(), 5, until, &DEADLINES).unwrap();
        assert_eq!(held.generation, 1);
        let (refused, event) = issue(Postage::Refused);
        assert_eq!((event.what, refused.generation), (VerificationMove::Withheld, 0));
    }

    #[test]
    fn r24_a_reminder_goes_out_once_for_each_mail_and_not_before_its_time() {
        let near = verification().expires - DEADLINES.remind;
        let remind = |at| verification().remind(&case(), at, &DEADLINES);
        assert_eq!(remind(near - SECOND), None);
        assert!(remind(near).is_some());
        assert!(remind(verification().expires - SECOND).is_some());
        assert_eq!(remind(verification().expires), None, "then it is too late");
        let mut once = verification();
        once.remind(&case(), near, &DEADLINES).unwrap();
        assert_eq!(once.remind(&case(), near, &DEADLINES), None);
        once.resend(&case(), 5, near, &DEADLINES).unwrap();
        assert!(once.remind(&case(), once.expires - SECOND, &DEADLINES).is_some(), "the next mail has its own");
        let mut answered = verification();
        answered.answer(Proof::Newest, Answers { claim: true, address: true }, now()).unwrap();
        assert_eq!(answered.remind(&case(), near, &DEADLINES), None);
    }

    #[test]
    fn r21_neither_a_closed_case_nor_one_that_asks_somebody_else_mails_again() {
        let (later, near) = (now() + DEADLINES.resend, now() + DEADLINES.confirm - SECOND);
        assert!(verification().remind(&case(), near, &DEADLINES).is_some());
        let mut closed = case();
        closed.state = CaseState::Withdrawn;
        let mut replaced = verification();
        replaced.recipient.name = "Eva Ek".to_owned();
        for (mut it, case) in [(verification(), closed), (replaced, case())] {
            assert_eq!(it.remind(&case, near, &DEADLINES), None);
            assert!(matches!(it.resend(&case, 5, later, &DEADLINES), Err(Refusal::AsksNoMore { .. })));
        }
    }
}
