//! How an enrollment is handed in, and how it follows what verification finds.

use chrono::{DateTime, Utc};
use ids::UserId;

use super::enrollment::{Enrollment, Submission};
use super::event::{CaseRequest, Event};
use super::lifecycle::{Command, State};
use super::picture::Picture;
use super::vetting::{self, CaseState, CheckKind, Vetting};
use super::{Refusal, rules};

/// Who submits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Applicant {
    pub(crate) user: UserId,
    pub(crate) name: String,
    pub(crate) email: String,
}

impl Picture {
    /// Hands a draft in. Only what is not settled yet is asked of verification; with nothing left it is verified at once.
    pub(crate) fn submit(
        &self,
        enrollment: &mut Enrollment,
        applicant: &Applicant,
        preapproved: bool,
        now: DateTime<Utc>,
    ) -> Result<Vec<Event>, Refusal> {
        enrollment.may(Command::Submit)?;
        if rules::needs_preapproval(enrollment.kind.as_str(), now) && !preapproved {
            return Err(Refusal::PreapprovalRequired);
        }
        let mut missing = self.legal.missing(self.organization.country.as_str(), now);
        missing.extend(self.support.missing());
        if !missing.is_empty() {
            return Err(Refusal::Outstanding(missing));
        }
        let from = enrollment.obey(Command::Submit, now)?;
        enrollment.submission = Some(Submission { by: applicant.user, at: now });
        let settled = vetting::settled(&self.vettings, self.legal.revision);
        let mut checks: Vec<CheckKind> = CheckKind::ALL.into_iter().filter(|kind| !settled.contains(kind)).collect();
        // All may be settled in a case that nobody has decided yet: this one waits for the same decision.
        if checks.is_empty() && !vetting::is_approved(&self.vettings, self.legal.revision) {
            checks = CheckKind::ALL.to_vec();
        }
        let case = (!checks.is_empty()).then(|| {
            Box::new(CaseRequest {
                legal: self.legal.clone(),
                applicant_name: applicant.name.clone(),
                applicant_email: applicant.email.clone(),
                checks,
            })
        });
        let verified = case.is_none();
        let mut events = vec![Event::EnrollmentSubmitted(Box::new(self.moved(from, enrollment, now)), case)];
        if verified {
            events.extend(self.approve(enrollment, now)?);
        }
        Ok(events)
    }

    /// Follows a case: nothing happens where the enrollment does not wait for it.
    pub(crate) fn follow(
        &self,
        enrollment: &mut Enrollment,
        case: &Vetting,
        now: DateTime<Utc>,
    ) -> Result<Vec<Event>, Refusal> {
        let command = match (enrollment.state, case.state) {
            (State::Verifying, CaseState::Approved) => return self.approve(enrollment, now),
            (State::Verifying, CaseState::Rejected) => Command::Reject,
            (State::Verifying, CaseState::Expired | CaseState::Withdrawn) => Command::Expire,
            (State::Rejected, state) if state.is_open() => Command::Reconsider,
            _ => return Ok(Vec::new()),
        };
        let from = enrollment.obey(command, now)?;
        enrollment.reason.clone_from(&case.reason);
        let moved = Box::new(self.moved(from, enrollment, now));
        Ok(vec![match command {
            Command::Reject => Event::EnrollmentRejected(moved),
            Command::Reconsider => Event::EnrollmentReconsidered(moved),
            _ => Event::EnrollmentReturned(moved),
        }])
    }

    fn approve(&self, enrollment: &mut Enrollment, now: DateTime<Utc>) -> Result<Vec<Event>, Refusal> {
        let from = enrollment.obey(Command::Approve, now)?;
        let mut events = vec![Event::EnrollmentQualified(Box::new(self.moved(from, enrollment, now)))];
        events.extend(self.settle(enrollment, now));
        Ok(events)
    }
}
