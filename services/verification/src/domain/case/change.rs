//! How a case follows its applicant: another revision comes under review, or nobody waits for the outcome any more.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use ids::EnrollmentId;

use super::{CaseState, VettingCase};
use crate::domain::event::{CaseEvent, CaseMove};
use crate::domain::{CheckKind, Deadlines, EmailVerification, NewCase, Purpose, Refusal};

const OPEN: &[&str] = &["AWAITING_EMAIL", "QUEUED", "IN_REVIEW", "ACTION_REQUIRED"];

impl VettingCase {
    /// Puts another revision under review: what it touches is pending again, and an address that must be confirmed again is waited for
    /// first. None when this revision or a newer one is under review already.
    pub(crate) fn update(
        &mut self,
        new: NewCase,
        touched: &BTreeSet<CheckKind>,
        now: DateTime<Utc>,
        deadlines: &Deadlines,
    ) -> Result<Option<CaseEvent>, Refusal> {
        if !self.state.is_open() || self.state.is_overdue(now) {
            return Err(self.forbids(now, OPEN));
        }
        if new.subject.revision <= self.subject.revision {
            return Ok(None);
        }
        // Whoever said no has not said yes by that: only another approver is asked.
        let same = new.subject.approver.email.mailbox() == self.subject.approver.email.mailbox();
        let no_stands = same && self.approver_denies();
        Ok(Some(self.moved(now, CaseMove::Updated, |case| {
            case.subject = new.subject;
            case.waiting.extend(new.others);
            case.waiting.insert(new.enrollment);
            let reply = now + deadlines.confirm;
            if touched.contains(&CheckKind::Email) {
                case.state = CaseState::AwaitingEmail { due: reply };
            }
            let waits_for_contact = matches!(case.state, CaseState::AwaitingEmail { .. });
            for kind in touched.iter().filter(|kind| **kind != CheckKind::Authority || !no_stands) {
                case.checks.reopen(*kind, now);
                let by_mail = *kind == CheckKind::Authority && case.approver_is_asked();
                match case.state.due() {
                    _ if *kind == CheckKind::Email => case.checks.expect(*kind, reply),
                    Some(due) if !waits_for_contact => case.checks.expect(*kind, if by_mail { reply } else { due }),
                    // What comes after the contact's answer is expected from then on.
                    _ => {}
                }
            }
            if !waits_for_contact {
                case.decide_by_machine(now);
            }
        })))
    }

    /// The organization has proven these domains, all of them. None when that tells nothing new.
    pub(crate) fn learn_domains(&mut self, proven: &BTreeSet<String>, now: DateTime<Utc>) -> Option<CaseEvent> {
        let shown = proven.contains(self.subject.contact.email.registrable_domain());
        if !self.state.is_open() || self.state.is_overdue(now) || self.subject.domain_proven == shown {
            return None;
        }
        Some(self.moved(now, CaseMove::DomainLearnt, |case| {
            case.subject.domain_proven = shown;
            if !matches!(case.state, CaseState::AwaitingEmail { .. }) {
                case.decide_by_machine(now);
            }
        }))
    }

    /// An enrollment waits no more; an open case is withdrawn when nobody does, a rejected one is not appealed. None when it didn't wait for this
    /// one, or the case is closed for good.
    pub(crate) fn leave(&mut self, enrollment: EnrollmentId, now: DateTime<Utc>) -> Option<CaseEvent> {
        let open = self.state.is_open() && !self.state.is_overdue(now);
        if !(open || self.may_appeal(now)) || !self.waiting.contains(&enrollment) {
            return None;
        }
        let last = open && self.waiting.len() == 1;
        let what = if last { CaseMove::Withdrawn } else { CaseMove::Left };
        Some(self.moved(now, what, |case| {
            case.waiting.remove(&enrollment);
            if last {
                case.state = CaseState::Withdrawn;
            }
        }))
    }

    /// Whether a mail sent before still asks what the case asks: of this person, at this address, about a check that is pending.
    pub(crate) fn still_asks(&self, verification: &EmailVerification) -> bool {
        let person = self.subject.person(verification.purpose);
        // The approver is asked once the contact has answered.
        let too_early = verification.purpose == Purpose::Approver && self.checks.is_pending(CheckKind::Email);
        !too_early && self.checks.is_pending(verification.purpose.check()) && verification.recipient == *person
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Subject;
    use crate::domain::samples::{DEADLINES, case, new_case, now, subject};

    #[test]
    fn r24_what_comes_after_the_contacts_answer_has_no_time_of_its_own_before_that() {
        let mut case = case();
        case.contact_answered(true, now(), &DEADLINES).unwrap();
        let later = now() + DEADLINES.answer;
        let new = NewCase { subject: Subject { revision: 2, ..subject() }, ..new_case(CheckKind::ALL) };
        let touched = [CheckKind::Email, CheckKind::Authority, CheckKind::Business];
        case.update(new, &touched.into(), later, &DEADLINES).unwrap().unwrap();
        let due = |case: &VettingCase, at| {
            let due = touched.map(|kind| case.checks.get(kind).status.due());
            due.map(|due| due.map(|due| due - at))
        };
        assert_eq!(due(&case, later), [Some(DEADLINES.confirm), None, None]);
        case.contact_answered(true, later, &DEADLINES).unwrap();
        assert_eq!(due(&case, later), [None, Some(DEADLINES.confirm), Some(DEADLINES.review)]);
    }

    #[test]
    fn r22_a_domain_proven_meanwhile_passes_once_the_contact_has_answered() {
        let passes = |answered| {
            let mut case = case();
            if answered {
                case.contact_answered(true, now(), &DEADLINES).unwrap();
            }
            let subject = Subject { revision: 2, domain_proven: true, ..subject() };
            let new = NewCase { subject, ..new_case(CheckKind::ALL) };
            case.update(new, &[CheckKind::Domain].into(), now(), &DEADLINES).unwrap().unwrap();
            !case.checks.is_pending(CheckKind::Domain)
        };
        assert_eq!([true, false].map(passes), [true, false]);
    }
}
