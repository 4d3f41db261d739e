//! What verification brings to a change of the legal profile.

use addresses::Email;
use chrono::{DateTime, Utc};

use crate::domain::enrollment::Enrollment;
use crate::domain::event::Event;
use crate::domain::picture::Picture;
use crate::domain::profile::LegalProfile;
use crate::domain::vetting::{CaseState, Vetting};

/// Why a change is given up whose registration number somebody else has by now.
const DUPLICATE: &str = "ORGANIZATION_DUPLICATE";

impl Picture {
    /// The contact's domain, where a case has shown it to be the company's own.
    pub(crate) fn shown_domain(&self, case: &Vetting) -> Option<String> {
        let pending = self.legal.pending.as_ref().map(|pending| &pending.profile);
        let of_case = |profile: &&LegalProfile| case.revision == profile.revision;
        let profile = pending.filter(of_case).or(Some(&self.legal).filter(of_case)).filter(|_| case.proves_domain())?;
        Some(Email::parse(&profile.primary_contact.email).ok()?.registrable_domain().to_owned())
    }

    /// Whether a case is about the change that is being verified.
    pub(crate) fn is_about_change(&self, case: &Vetting) -> bool {
        self.legal.pending.as_ref().is_some_and(|pending| pending.profile.revision == case.revision)
    }

    /// What a case brings to the change that it is about: approved, the change is in force, unless its registration number is somebody
    /// else's by now; any other end drops it. No enrollment moves.
    pub(crate) fn conclude_change(
        &mut self,
        case: &Vetting,
        proven: Option<Vec<String>>,
        number_is_free: bool,
        enrollments: &[Enrollment],
        now: DateTime<Utc>,
    ) -> Vec<Event> {
        match case.state {
            _ if case.state.is_open() => Vec::new(),
            CaseState::Approved if number_is_free => {
                let Some(pending) = self.legal.pending.take() else { return Vec::new() };
                let adopted = pending.profile;
                let (revision, vetted_revision) = (adopted.revision, adopted.revision);
                self.legal = LegalProfile { revision, vetted_revision, ..self.legal.same(adopted, now) };
                let mut events = vec![Event::LegalProfileAdopted { organization: self.organization.id }];
                if let Some(domains) = proven {
                    self.proven_domains = domains;
                    events.push(Event::OrganizationUpdated(Box::new(self.facts()), vec!["proven_domains"]));
                }
                events.extend(self.redirect_mail(enrollments, now));
                events
            }
            CaseState::Approved => self.drop_change(DUPLICATE, false),
            ended => self.drop_change(case.reason.as_deref().unwrap_or(ended.as_str()), false),
        }
    }
}
