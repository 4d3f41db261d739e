//! A vetting case: the machine from the first mail to the reviewer's decision.
//!
//! Only the applicant's side can let a case run out: a queue that is slow is our fault, so there `due` is a promise that closes nothing.

mod change;
mod desk;
mod inquiry;
mod state;
mod time;

use std::collections::BTreeSet;
use std::convert::Infallible;

use addresses::Mailing;
use chrono::{DateTime, Utc};
use ids::{EnrollmentId, OrganizationId, VettingCaseId};

use super::event::{CaseEvent, CaseMove};
use super::{Check, CheckKind, Checks, Deadlines, Purpose, Refusal, Status, Subject, Verdict};

pub(crate) use inquiry::{Answered, Appeal, Question};
pub(crate) use state::{CaseState, Rejection, Reviewer};

/// Reason of a case that the contact knows nothing of.
const NOT_US: &str = "NOT_US";
/// Reason of AUTHORITY when the company approver says no.
const APPROVER_DENIED: &str = "APPROVER_DENIED";

/// The vetting of one organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VettingCase {
    pub(crate) id: VettingCaseId,
    pub(crate) organization: OrganizationId,
    /// The enrollments that wait for the outcome.
    pub(crate) waiting: BTreeSet<EnrollmentId>,
    pub(crate) subject: Subject,
    pub(crate) checks: Checks,
    pub(crate) state: CaseState,
    /// What reviewers asked the applicant, in the order of asking.
    pub(crate) questions: Vec<Question>,
    /// The one appeal, once it is made.
    pub(crate) appeal: Option<Appeal>,
    /// What became of the last mails that asked the applicant for something; notification tells it, and no command decides by it.
    pub(crate) mailing: Mailing,
    /// The deadlines of which somebody was told already.
    pub(crate) told: Told,
    pub(crate) created: DateTime<Utc>,
    pub(crate) updated: DateTime<Utc>,
    /// How often it was saved.
    pub(crate) version: i64,
}

/// Of which deadlines somebody was told, so that nobody is told twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Told {
    /// The applicant was reminded of this one.
    pub(crate) reminded: Option<DateTime<Utc>>,
    /// The operator was told that this promise is late.
    pub(crate) alarmed: Option<DateTime<Utc>>,
}

/// What a case is opened with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewCase {
    pub(crate) organization: OrganizationId,
    pub(crate) enrollment: EnrollmentId,
    /// Those that wait with it.
    pub(crate) others: BTreeSet<EnrollmentId>,
    pub(crate) subject: Subject,
    /// The checks asked for; the others were passed before.
    pub(crate) checks: BTreeSet<CheckKind>,
}

impl VettingCase {
    /// Opens a case; with the address confirmed before, it is queued at once.
    pub(crate) fn open(
        id: VettingCaseId,
        new: NewCase,
        now: DateTime<Utc>,
        deadlines: &Deadlines,
    ) -> (VettingCase, CaseEvent) {
        let Ok(checks) = Checks::try_of(|kind| {
            let asked = new.checks.contains(&kind);
            let status =
                if asked { Status::Pending { due: None, post: None } } else { Status::Decided(Verdict::Passed) };
            Ok::<_, Infallible>(Check { status, since: now })
        });
        let due = now + deadlines.confirm;
        let mut waiting = new.others;
        waiting.insert(new.enrollment);
        let mut case = VettingCase {
            id,
            organization: new.organization,
            waiting,
            subject: new.subject,
            checks,
            state: CaseState::AwaitingEmail { due },
            questions: Vec::new(),
            appeal: None,
            mailing: Mailing::default(),
            told: Told::default(),
            created: now,
            updated: now,
            version: 1,
        };
        if case.checks.is_pending(CheckKind::Email) {
            case.checks.expect(CheckKind::Email, due);
        } else {
            case.queue(now, deadlines);
        }
        let event = case.event(None, CaseMove::Opened);
        (case, event)
    }

    /// Whose address must be asked for now, if anyone's.
    pub(crate) fn asks(&self) -> Option<Purpose> {
        if self.checks.is_pending(CheckKind::Email) {
            Some(Purpose::Contact)
        } else if self.approver_is_asked() && self.checks.is_pending(CheckKind::Authority) {
            Some(Purpose::Approver)
        } else {
            None
        }
    }

    /// The case as it stands at this time, written down or not.
    #[must_use]
    pub(crate) fn at(mut self, now: DateTime<Utc>) -> VettingCase {
        self.state = self.state.at(now);
        self
    }

    /// One more enrollment waits for the outcome; asking again tells it anew.
    pub(crate) fn join(&mut self, enrollment: EnrollmentId, now: DateTime<Utc>) -> Result<CaseEvent, Refusal> {
        if !self.state.is_open() || self.state.is_overdue(now) {
            return Err(self.forbids(now, &["AWAITING_EMAIL", "QUEUED", "IN_REVIEW", "ACTION_REQUIRED"]));
        }
        self.waiting.insert(enrollment);
        Ok(self.moved(now, CaseMove::Joined, |_| {}))
    }

    /// The contact has answered. None when the case no longer waits for that.
    pub(crate) fn contact_answered(
        &mut self,
        yes: bool,
        now: DateTime<Utc>,
        deadlines: &Deadlines,
    ) -> Option<CaseEvent> {
        if !matches!(self.state, CaseState::AwaitingEmail { .. }) || self.state.is_overdue(now) {
            return None;
        }
        Some(if yes {
            self.moved(now, CaseMove::Queued, |case| {
                case.checks.decide(CheckKind::Email, Verdict::Passed, now);
                case.queue(now, deadlines);
            })
        } else {
            self.moved(now, CaseMove::Rejected, |case| {
                case.checks.decide(CheckKind::Email, Verdict::Failed { reason: NOT_US.to_owned() }, now);
                let reason = NOT_US.to_owned();
                case.state = CaseState::Rejected(Rejection { reason, text: String::new(), by: None, appeal_by: None });
            })
        })
    }

    /// The company approver has answered. A yes settles what is pending, a no stands against whatever a reviewer thought; none when
    /// nothing changes.
    pub(crate) fn approver_answered(&mut self, yes: bool, now: DateTime<Utc>) -> Option<CaseEvent> {
        let settles = !yes || self.checks.is_pending(CheckKind::Authority);
        if !self.state.is_open() || self.state.is_overdue(now) || !settles {
            return None;
        }
        let verdict = if yes { Verdict::Passed } else { Verdict::Failed { reason: APPROVER_DENIED.to_owned() } };
        Some(self.moved(now, CaseMove::CheckDecided(CheckKind::Authority), |case| {
            case.checks.decide(CheckKind::Authority, verdict, now);
        }))
    }

    /// Whether the company approver's no stands: nobody decides over that.
    pub(super) fn approver_denies(&self) -> bool {
        self.checks.get(CheckKind::Authority).status.reason() == Some(APPROVER_DENIED)
    }

    fn approver_is_asked(&self) -> bool {
        self.subject.approver_is_apart()
    }

    fn queue(&mut self, now: DateTime<Utc>, deadlines: &Deadlines) {
        let due = now + deadlines.review;
        self.state = CaseState::Queued { due };
        for kind in CheckKind::ALL {
            let by_mail = kind == CheckKind::Authority && self.approver_is_asked();
            self.checks.expect(kind, if by_mail { now + deadlines.confirm } else { due });
        }
        self.decide_by_machine(now);
    }

    /// What needs no reviewer, once the contact has answered.
    fn decide_by_machine(&mut self, now: DateTime<Utc>) {
        if self.subject.shows_domain() && self.checks.is_pending(CheckKind::Domain) {
            self.checks.decide(CheckKind::Domain, Verdict::Passed, now);
        }
    }

    pub(super) fn forbids(&self, now: DateTime<Utc>, allowed: &'static [&'static str]) -> Refusal {
        Refusal::StateForbids { state: self.state.at(now).as_str(), allowed }
    }

    pub(super) fn moved(
        &mut self,
        now: DateTime<Utc>,
        what: CaseMove,
        change: impl FnOnce(&mut VettingCase),
    ) -> CaseEvent {
        let from = self.state.at(now).as_str();
        change(self);
        self.updated = now;
        self.event(Some(from), what)
    }

    fn event(&self, from: Option<&'static str>, what: CaseMove) -> CaseEvent {
        CaseEvent { what, from, case: Box::new(self.clone()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::{DEADLINES, id, new_case, now, subject};

    #[test]
    fn r24_from_the_contacts_yes_on_a_reviewer_has_the_time_promised_and_an_approvers_link_its_own() {
        let (link, promised) = (Some(now() + DEADLINES.confirm), Some(now() + DEADLINES.review));
        for (approver, authority) in [("bo@example.com", link), ("bo@gmail.com", promised)] {
            let mut subject = subject();
            subject.approver.email = approver.parse().unwrap();
            let new = NewCase { subject, ..new_case(CheckKind::ALL) };
            let (mut case, _) = VettingCase::open(id(4), new, now(), &DEADLINES);
            case.contact_answered(true, now(), &DEADLINES).unwrap();
            let due = CheckKind::ALL.map(|kind| case.checks.get(kind).status.due());
            assert_eq!(due, [None, promised, promised, authority, promised], "{approver}");
        }
    }
}
