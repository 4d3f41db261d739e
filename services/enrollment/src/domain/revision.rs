//! How the legal profile is revised: what the day, the rules and the organization say of new fields.

use addresses::Email;
use chrono::{DateTime, Utc};
use markets::CountryCode;

use super::Refusal;
use super::enrollment::Enrollment;
use super::finding::Weight;
use super::organization::{Mailbox, Organization, region};
use super::profile::LegalProfile;
use super::rules::mail::{self, Unfit};

const COUNTRY: &str = "address.region_code";
const CONTACT: &str = "primary_contact.email";

/// What is wrong with a new field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Flaw {
    #[error("the programme has no market there")]
    NoMarket,
    #[error("must be the organization's country, {0}")]
    ForeignCountry(CountryCode),
    #[error("is at the web-mail provider {0}; a company address is needed")]
    Webmail(&'static str),
    #[error("is at {0}, which gives out addresses for a short while; a company address is needed")]
    Disposable(&'static str),
    #[error("is a role's address; a person's is needed")]
    RoleAddress,
    /// The rules of the country expect something else.
    #[error("{1}")]
    Unexpected(&'static str, String),
    /// They expect another registration or tax number.
    #[error("{1}")]
    Number(&'static str, String),
}

impl Flaw {
    /// The field's path in the profile.
    pub(crate) const fn field(&self) -> &'static str {
        match self {
            Flaw::NoMarket | Flaw::ForeignCountry(_) => COUNTRY,
            Flaw::Webmail(_) | Flaw::Disposable(_) | Flaw::RoleAddress => CONTACT,
            Flaw::Unexpected(field, _) | Flaw::Number(field, _) => field,
        }
    }
}

impl LegalProfile {
    /// All that is wrong with what `new` changes. What stays as it was is judged when the draft is handed in.
    pub(crate) fn judge(
        &self,
        new: &LegalProfile,
        organization: &Organization,
        enrollments: &[Enrollment],
        now: DateTime<Utc>,
    ) -> Result<Vec<Flaw>, Refusal> {
        let mut found = Vec::new();
        let country = &new.address.country;
        let foreign = !country.is_empty() && country != organization.country.as_str();
        if foreign && *country != self.address.country {
            if were_submitted(enrollments) {
                return Err(Refusal::CountryFrozen);
            }
            let closed = country.parse().is_ok_and(|country| region(country, now).is_none());
            found.push(if closed { Flaw::NoMarket } else { Flaw::ForeignCountry(organization.country) });
        }
        if new.primary_contact.email != self.primary_contact.email
            && let Ok(email) = Email::parse(&new.primary_contact.email)
        {
            found.extend(mail::unfit(&email, now).into_iter().map(|unfit| match unfit {
                Unfit::Webmail(provider) => Flaw::Webmail(provider),
                Unfit::Disposable(domain) => Flaw::Disposable(domain),
                Unfit::Role => Flaw::RoleAddress,
            }));
        }
        found.extend(self.refused(new, organization.country.as_str(), now).into_iter().map(|finding| {
            match finding.weight {
                Weight::WrongNumber => Flaw::Number(finding.field, finding.said),
                Weight::Wrong | Weight::Advice => Flaw::Unexpected(finding.field, finding.said),
            }
        }));
        Ok(found)
    }
}

impl Organization {
    /// Its mail follows the contact's language once it goes to the contact; whether that changes anything.
    pub(crate) fn follow_language(
        &mut self,
        legal: &LegalProfile,
        enrollments: &[Enrollment],
        now: DateTime<Utc>,
    ) -> bool {
        let mail = Mailbox { address: self.mail.address.clone(), language: legal.language.clone() };
        were_submitted(enrollments) && !legal.language.is_empty() && self.redirect(mail, now)
    }
}

fn were_submitted(enrollments: &[Enrollment]) -> bool {
    enrollments.iter().any(|enrollment| enrollment.submission.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::enrollment::{EnrollmentType, Submission};
    use crate::domain::lifecycle::State;
    use crate::domain::samples::{day, enrollment, id, legal, now, organization};

    fn in_state(state: State) -> Enrollment {
        let submission = (state != State::Draft).then(|| Submission { by: id(10), at: now() });
        Enrollment { submission, ..enrollment(EnrollmentType::IndirectReseller, state) }
    }

    fn with(country: &str, email: &str) -> LegalProfile {
        let mut profile = legal();
        profile.address.country = country.to_owned();
        profile.primary_contact.email = email.to_owned();
        profile
    }

    #[test]
    fn r06_all_that_is_wrong_with_new_fields_is_found_at_once() {
        let judge = |old: &LegalProfile, country, email| {
            old.judge(&with(country, email), &organization(), &[in_state(State::Draft)], now()).unwrap()
        };
        let (sweden, old) = (Flaw::ForeignCountry(organization().country), legal());
        assert_eq!(judge(&old, "SE", "ada@nordwind.example"), []);
        assert_eq!(judge(&old, "", ""), []);
        assert_eq!(judge(&old, "NO", "eva@nordwind.example"), std::slice::from_ref(&sweden));
        assert_eq!(judge(&old, "KP", "eva@nordwind.example"), [Flaw::NoMarket]);
        let flaws = judge(&old, "NO", "info@gmail.com");
        assert_eq!(flaws.iter().map(Flaw::field).collect::<Vec<_>>(), [COUNTRY, CONTACT, CONTACT]);
        assert!(matches!(flaws[..], [_, Flaw::Webmail(_), Flaw::RoleAddress]), "{flaws:?}");
        assert_eq!(judge(&with("NO", "info@gmail.com"), "NO", "info@gmail.com"), [], "what stays was judged before");
    }

    #[test]
    fn the_country_is_frozen_once_anything_was_submitted() {
        let judge = |country, state| {
            legal().judge(&with(country, "ada@nordwind.example"), &organization(), &[in_state(state)], now())
        };
        assert_eq!(judge("NO", State::Withdrawn), Err(Refusal::CountryFrozen));
        assert_eq!(judge("SE", State::Withdrawn), Ok(Vec::new()));
        assert_eq!(judge("NO", State::Draft).map(|flaws| flaws.len()), Ok(1));
    }

    #[test]
    fn mail_follows_the_contacts_language_once_it_goes_to_the_contact() {
        let follow = |language: &str, state| {
            let mut organization = organization();
            let legal = LegalProfile { language: language.to_owned(), ..legal() };
            let changed = organization.follow_language(&legal, &[in_state(state)], day(1));
            (changed, organization.mail.language)
        };
        assert_eq!(follow("sv", State::Draft), (false, "en".to_owned()));
        assert_eq!(follow("sv", State::Verifying), (true, "sv".to_owned()));
        assert_eq!(follow("en", State::Verifying), (false, "en".to_owned()));
        assert_eq!(follow("", State::Verifying), (false, "en".to_owned()));
    }
}
