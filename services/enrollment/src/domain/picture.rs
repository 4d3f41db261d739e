//! All that is known of one organization, as far as its enrollments depend on it.

use chrono::{DateTime, Utc};

use super::agreement::{self, Template};
use super::claim::Location;
use super::enrollment::Enrollment;
use super::event::{Event, Moved, Notice, OrganizationFacts, Standing};
use super::lifecycle::{Command, State};
use super::organization::Organization;
use super::profile::{LegalProfile, SupportProfile};
use super::requirement::{self, Code};
use super::user::{Role, User};
use super::vetting::Vetting;

/// As many recipients has one message: of more global administrators those who came first are told.
const MOST_TOLD: usize = 20;

/// All that is known of one organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) organization: Organization,
    pub(crate) proven_domains: Vec<String>,
    pub(crate) legal: LegalProfile,
    pub(crate) support: SupportProfile,
    /// Oldest first.
    pub(crate) vettings: Vec<Vetting>,
    /// The associated one.
    pub(crate) location: Option<Location>,
    /// Those of its programme region, for every type.
    pub(crate) templates: Vec<Template>,
    pub(crate) users: Vec<User>,
}

impl Picture {
    /// The case about the present revision of the legal profile that was heard of last.
    pub(crate) fn vetting(&self) -> Option<&Vetting> {
        self.vettings.iter().rev().find(|case| case.revision == self.legal.revision)
    }

    /// Whether somebody who can act works for customers.
    pub(crate) fn has_admin_agent(&self) -> bool {
        self.users.iter().any(|user| user.can_act_as(Role::AdminAgent))
    }

    /// How the enrollment stands towards its agreement.
    pub(crate) fn agreement(&self, enrollment: &Enrollment, now: DateTime<Utc>) -> agreement::Standing {
        let region = self.organization.region(now).map_or("", markets::RegionCode::as_str);
        agreement::standing(&self.templates, enrollment.kind, region, enrollment.signed_version, now)
    }

    /// Brings an enrollment into force when nothing is outstanding any more.
    pub(crate) fn settle(&self, enrollment: &mut Enrollment, now: DateTime<Utc>) -> Option<Event> {
        let signed =
            matches!(self.agreement(enrollment, now), agreement::Standing::Current | agreement::Standing::Due { .. });
        if self.location.is_none() || !signed {
            return None;
        }
        let from = enrollment.obey(Command::Activate, now).ok()?;
        Some(Event::EnrollmentActivated(Box::new(self.moved(from, enrollment, now))))
    }

    /// The organization as siblings hold it.
    pub(crate) fn facts(&self) -> OrganizationFacts {
        OrganizationFacts { organization: self.organization.clone(), proven_domains: self.proven_domains.clone() }
    }

    /// The enrollment as siblings hold it.
    pub(crate) fn standing(&self, enrollment: &Enrollment) -> Standing {
        Standing {
            organization: enrollment.organization,
            enrollment: enrollment.id,
            kind: enrollment.kind,
            state: enrollment.state,
            since: enrollment.since,
            location: self.location.as_ref().map(|location| (location.id, location.address.country.clone())),
            signed_version: enrollment.signed_version,
        }
    }

    /// A move as it is told: to siblings, and to the primary contact.
    pub(crate) fn moved(&self, from: State, enrollment: &Enrollment, now: DateTime<Utc>) -> Moved {
        self.told(from, enrollment, None, now)
    }

    /// A move that verification caused, by this case.
    pub(crate) fn judged(&self, from: State, enrollment: &Enrollment, case: &Vetting, now: DateTime<Utc>) -> Moved {
        self.told(from, enrollment, Some(case), now)
    }

    fn told(&self, from: State, enrollment: &Enrollment, case: Option<&Vetting>, now: DateTime<Utc>) -> Moved {
        Moved {
            from,
            reason: enrollment.reason.clone(),
            standing: self.standing(enrollment),
            notices: self.notices(from, enrollment, case, now),
        }
    }

    /// The primary contact hears of every move, unless it said that this concerns it not; the global administrators of those that stop
    /// business, or verification.
    fn notices(&self, from: State, enrollment: &Enrollment, case: Option<&Vetting>, now: DateTime<Utc>) -> Vec<Notice> {
        let returned = from == State::Verifying && enrollment.state == State::Draft;
        let cause = match (case, enrollment.state) {
            (Some(case), State::Rejected | State::Ended) => case.reason.as_deref().unwrap_or_default(),
            (Some(_), State::Draft) => "EXPIRED",
            _ => "",
        };
        // How it stands is what the mail begins with.
        let lacking = requirement::requirements(self, enrollment, now).into_iter().map(|lack| lack.code);
        let next_step: Vec<Code> = lacking.filter(|code| *code != Code::Standing).collect();
        let notice = |address: &str, name: String, language: &str| Notice {
            address: address.to_owned(),
            name,
            language: language.to_owned(),
            company: self.organization.display_name.clone(),
            next_step: next_step.clone(),
            cause: cause.to_owned(),
            reason: enrollment.reason_text.clone().unwrap_or_default(),
            appeal_by: case.filter(|_| enrollment.state == State::Rejected).and_then(|case| case.appeal_by),
        };
        let contact = &self.legal.primary_contact;
        // Whoever said no to one case about this profile is told of no other either.
        let heard = self.vettings.iter().filter(|heard| heard.revision == self.legal.revision);
        let denied = case.into_iter().chain(heard).any(Vetting::is_denied_by_contact);
        let mut notices = Vec::new();
        if !contact.email.is_empty() && !denied {
            notices.push(notice(&contact.email, contact.name(), &self.legal.language));
        }
        let stops = matches!(enrollment.state, State::Suspended | State::Rejected | State::Ended) || returned;
        if stops {
            let governing = self.users.iter().filter(|user| user.governs() && user.email != contact.email);
            notices.extend(
                governing.map(|user| notice(&user.email, user.display_name.clone(), &self.organization.language)),
            );
        }
        notices.truncate(MOST_TOLD);
        notices
    }
}

#[cfg(test)]
mod tests;
