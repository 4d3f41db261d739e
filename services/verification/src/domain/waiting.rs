//! Whom a case waits for, check by check, and until when: told so that nobody waits for the wrong one.

use chrono::{DateTime, Utc};

use super::event::{CaseEvent, CaseMove};
use super::{CaseState, CheckKind, EmailVerification, Fate, Post, Purpose, Status, Todo, VettingCase, WaitsFor};

impl VettingCase {
    /// Who must act before this check is shown; nobody once the case is closed.
    pub(crate) fn waits_for(&self, kind: CheckKind, now: DateTime<Utc>) -> WaitsFor {
        let status = &self.checks.get(kind).status;
        if !self.state.is_open() || status.satisfies() {
            return WaitsFor::Nobody;
        }
        if kind != CheckKind::Email && self.checks.is_pending(CheckKind::Email) {
            // Nothing goes on before the contact's answer.
            return self.waits_for(CheckKind::Email, now);
        }
        let asked = matches!(self.state, CaseState::ActionRequired { .. });
        match status {
            Status::Pending { due, post } if due.is_none_or(|due| now < due) => {
                match (self.asked_by_mail(kind), post) {
                    (Some(purpose), Some(post)) => post.waits_for(purpose),
                    (Some(purpose), None) => WaitsFor::LinkHolder(purpose),
                    (None, _) if asked => WaitsFor::Applicant(Todo::Answer),
                    (None, _) => WaitsFor::Reviewer,
                }
            }
            Status::Decided(_) if kind == CheckKind::Authority && self.approver_denies() => {
                WaitsFor::Applicant(Todo::Person)
            }
            _ if asked => WaitsFor::Applicant(Todo::Answer),
            Status::Pending { .. } => WaitsFor::Reviewer,
            Status::Decided(_) => WaitsFor::Applicant(Todo::Evidence),
        }
    }

    /// Until when the applicant's side has time for what this check waits for.
    pub(crate) fn deadline(&self, kind: CheckKind, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self.waits_for(kind, now) {
            WaitsFor::Applicant(Todo::Answer) => self.state.due(),
            WaitsFor::LinkHolder(purpose) => self.checks.get(purpose.check()).status.due(),
            WaitsFor::Applicant(_) if self.checks.is_pending(CheckKind::Email) => self.state.due(),
            WaitsFor::Applicant(_) => self.checks.get(kind).status.due(),
            WaitsFor::Reviewer | WaitsFor::Operator | WaitsFor::Nobody => None,
        }
    }

    /// By when this check is expected to be decided, where that is ours to do.
    pub(crate) fn expected(&self, kind: CheckKind, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        (self.waits_for(kind, now) == WaitsFor::Reviewer).then(|| self.state.due()).flatten()
    }

    /// The mail of this verification is on its way.
    pub(crate) fn mailed(&mut self, verification: &EmailVerification) {
        self.checks.note(verification.purpose.check(), Post::of(verification, Fate::Sent));
    }

    /// Notes what became of the mail of this verification. None where that is known, or the case asks it no more.
    pub(crate) fn note_mail(
        &mut self,
        verification: &EmailVerification,
        fate: Fate,
        now: DateTime<Utc>,
    ) -> Option<CaseEvent> {
        let (kind, post) = (verification.purpose.check(), Post::of(verification, fate));
        let known = self.checks.get(kind).status.post() == Some(post);
        if known || !self.clone().at(now).state.is_open() || !self.still_asks(verification) {
            return None;
        }
        Some(self.moved(now, CaseMove::MailNoted(kind), |case| case.checks.note(kind, post)))
    }

    /// For whose answer a mail asks about this check.
    pub(super) fn asked_by_mail(&self, kind: CheckKind) -> Option<Purpose> {
        match kind {
            CheckKind::Email => Some(Purpose::Contact),
            CheckKind::Authority => self.subject.approver_is_apart().then_some(Purpose::Approver),
            CheckKind::Domain | CheckKind::Employment | CheckKind::Business => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::{case, now, verification};

    #[test]
    fn r24_what_became_of_a_mail_is_noted_once() {
        let mut case = case();
        case.mailed(&verification());
        let told = [Fate::Sent, Fate::Parked, Fate::Parked, Fate::Sent];
        let noted = told.map(|fate| case.note_mail(&verification(), fate, now()).is_some());
        assert_eq!(noted, [false, true, false, true], "that it was sent is known");
    }
}
