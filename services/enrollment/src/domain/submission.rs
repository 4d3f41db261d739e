//! How an enrollment is handed in, and how it follows what verification finds.

use chrono::{DateTime, Utc};
use ids::UserId;

use super::enrollment::{Enrollment, Submission};
use super::event::{CaseRequest, Event, UserFacts};
use super::lifecycle::{Command, State};
use super::organization::Mailbox;
use super::picture::Picture;
use super::user::Role;
use super::vetting::{self, CaseState, CheckKind, Vetting};
use super::{Refusal, rules};
use addresses::Email;

/// Who submits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Applicant {
    pub(crate) user: UserId,
    pub(crate) name: String,
    pub(crate) email: String,
    /// Whether another enrolled organization of the country has the company's name: for the reviewer to know.
    pub(crate) namesake: bool,
}

impl Applicant {
    /// The domain for which the operator gives its leave.
    pub(crate) fn domain(&self) -> Option<String> {
        Some(Email::parse(&self.email).ok()?.registrable_domain().to_owned())
    }
}

impl Picture {
    /// Hands a draft in; the organization's mail goes to the primary contact from then on. Only what is not settled yet is asked of
    /// verification; with nothing left it is verified at once.
    pub(crate) fn submit(
        &mut self,
        enrollment: &mut Enrollment,
        applicant: &Applicant,
        preapproved: bool,
        now: DateTime<Utc>,
    ) -> Result<Vec<Event>, Refusal> {
        enrollment.may(Command::Submit)?;
        if rules::needs_preapproval(enrollment.kind.as_str(), now) && !preapproved {
            return Err(Refusal::PreapprovalRequired);
        }
        let country = self.organization.country.as_str();
        let mut missing = self.legal.missing(country, now);
        missing.extend(self.support.missing(country));
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
        let legal = (country, self.legal.clone());
        let case = (!checks.is_empty()).then(|| Box::new(CaseRequest::of(legal, applicant, checks, now)));
        let verified = case.is_none();
        let mut events = vec![Event::EnrollmentSubmitted(Box::new(self.moved(from, enrollment, now)), case)];
        if verified {
            events.extend(self.approve(enrollment, now)?);
        }
        let mail = Mailbox { address: self.legal.primary_contact.email.clone(), language: self.legal.language.clone() };
        if self.organization.redirect(mail, now) {
            events.push(Event::OrganizationUpdated(Box::new(self.facts()), vec!["mail_address"]));
        }
        Ok(events)
    }

    /// What a case brings to all enrollments; `proven` are the organization's domains, if it has one more of it. What was found of an older
    /// revision says nothing of the present one.
    pub(crate) fn conclude(
        &mut self,
        case: &Vetting,
        proven: Option<Vec<String>>,
        enrollments: &mut [Enrollment],
        now: DateTime<Utc>,
    ) -> Result<Vec<Event>, Refusal> {
        if case.revision != self.legal.revision {
            return Ok(Vec::new());
        }
        if case.state == CaseState::Approved {
            self.legal.vetted_revision = case.revision;
        }
        let mut events = Vec::new();
        if let Some(domains) = proven {
            self.proven_domains = domains;
            events.push(Event::OrganizationUpdated(Box::new(self.facts()), vec!["proven_domains"]));
        }
        for enrollment in enrollments {
            events.extend(self.follow(enrollment, case, now)?);
        }
        Ok(events)
    }

    /// Follows a case: nothing happens where the enrollment does not wait for it. A case is withdrawn only when nobody waits for it any more,
    /// so that moves nothing.
    fn follow(
        &mut self,
        enrollment: &mut Enrollment,
        case: &Vetting,
        now: DateTime<Utc>,
    ) -> Result<Vec<Event>, Refusal> {
        let command = match (enrollment.state, case.state) {
            (State::Verifying, CaseState::Approved) => return self.approve(enrollment, now),
            (State::Verifying | State::Rejected, CaseState::Rejected) if case.appeal_spent => Command::Exhaust,
            (State::Verifying, CaseState::Rejected) => Command::Reject,
            (State::Verifying, CaseState::Expired) => Command::Expire,
            (State::Rejected, state) if state.is_open() => Command::Reconsider,
            _ => return Ok(Vec::new()),
        };
        let from = enrollment.obey(command, now)?;
        enrollment.reason.clone_from(&case.reason);
        enrollment.reason_text.clone_from(&case.explanation);
        let moved = Box::new(self.judged(from, enrollment, case, now));
        Ok(vec![match command {
            Command::Reject => Event::EnrollmentRejected(moved),
            Command::Exhaust => Event::EnrollmentEnded(moved),
            Command::Reconsider => Event::EnrollmentReconsidered(moved),
            _ => Event::EnrollmentReturned(moved),
        }])
    }

    /// Who submitted also becomes admin agent.
    fn approve(&mut self, enrollment: &mut Enrollment, now: DateTime<Utc>) -> Result<Vec<Event>, Refusal> {
        let from = enrollment.obey(Command::Approve, now)?;
        let submitter = enrollment.submission.map(|submission| submission.by);
        let submitter = self.users.iter_mut().find(|user| Some(user.id) == submitter);
        let agent = submitter.and_then(|user| user.grant(Role::AdminAgent, now).then(|| UserFacts::of(user)));
        let mut events = vec![Event::EnrollmentQualified(Box::new(self.moved(from, enrollment, now)))];
        events.extend(self.settle(enrollment, now));
        events.extend(agent.map(|facts| Event::UserUpdated(facts, vec!["roles"])));
        Ok(events)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::applicant;

    #[test]
    fn the_operator_gives_its_leave_for_what_the_applicants_company_can_own() {
        let domain = |email: &str| Applicant { email: email.to_owned(), ..applicant() }.domain();
        assert_eq!(domain("cia@nordwind.example").as_deref(), Some("nordwind.example"));
        assert_eq!(domain("Cia@Mail.Nordwind.CO.UK").as_deref(), Some("nordwind.co.uk"));
        assert_eq!(domain("nobody"), None);
    }
}
