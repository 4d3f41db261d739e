//! How an organization changes its name, its language and its country.

use chrono::{DateTime, Utc};
use markets::CountryCode;

use super::Refusal;
use super::enrollment::Enrollment;
use super::organization::Organization;
use super::profile::LegalProfile;

/// What is to change; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Amendment {
    pub(crate) display_name: Option<String>,
    pub(crate) country: Option<CountryCode>,
    pub(crate) language: Option<String>,
}

impl Organization {
    /// Applies a change if all of it is allowed; says which fields changed. The country stays once anything was built on it: an enrollment that
    /// was submitted, or a location.
    pub(crate) fn amend(
        &mut self,
        amendment: Amendment,
        enrollments: &[Enrollment],
        located: bool,
        now: DateTime<Utc>,
    ) -> Result<Vec<&'static str>, Refusal> {
        let submitted = enrollments.iter().any(|enrollment| enrollment.submission.is_some());
        let mut after = self.clone();
        let mut changed = Vec::new();
        if let Some(name) = amendment.display_name.filter(|name| *name != self.display_name) {
            after.display_name = name;
            changed.push("display_name");
        }
        if let Some(country) = amendment.country.filter(|country| *country != self.country) {
            if submitted || located {
                return Err(Refusal::CountryFrozen);
            }
            after.country = country;
            changed.push("region_code");
        }
        if let Some(language) = amendment.language.filter(|language| *language != self.language) {
            // Once an enrollment was submitted its mail goes to the primary contact, in the contact's language.
            if !submitted {
                after.mail.language.clone_from(&language);
            }
            after.language = language;
            changed.push("language_code");
        }
        if !changed.is_empty() {
            after.updated = now;
            *self = after;
        }
        Ok(changed)
    }
}

impl LegalProfile {
    /// The profile once its organization is in this country: an address elsewhere has lost its country. None where nothing changes.
    pub(crate) fn moved_to(&self, country: CountryCode) -> Option<LegalProfile> {
        let elsewhere = !self.address.country.is_empty() && self.address.country != country.as_str();
        elsewhere.then(|| {
            let mut after = self.clone();
            after.address.country.clear();
            after
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::enrollment::{EnrollmentType, Submission};
    use crate::domain::lifecycle::State;
    use crate::domain::organization::Mailbox;
    use crate::domain::samples::{day, enrollment, id, legal, now, organization};

    fn draft() -> Enrollment {
        enrollment(EnrollmentType::IndirectReseller, State::Draft)
    }

    /// Every state but the first was submitted, whatever became of it.
    fn submitted(state: State) -> Enrollment {
        let submission = Some(Submission { by: id(10), at: now() });
        Enrollment { submission, ..enrollment(EnrollmentType::IndirectReseller, state) }
    }

    fn whole(name: &str, country: &str, language: &str) -> Amendment {
        Amendment {
            display_name: Some(name.to_owned()),
            country: Some(country.parse().unwrap()),
            language: Some(language.to_owned()),
        }
    }

    #[test]
    fn r01_an_organization_is_amended_in_what_differs() {
        let amend = |amendment| {
            let mut organization = organization();
            let changed = organization.amend(amendment, &[draft()], false, day(1));
            (changed.unwrap(), organization)
        };
        assert_eq!(amend(Amendment::default()), (vec![], organization()));
        assert_eq!(amend(whole("Nordwind", "SE", "en")), (vec![], organization()), "nothing new is no change");
        let (changed, after) = amend(whole("Südwind", "NO", "sv"));
        assert_eq!(changed, ["display_name", "region_code", "language_code"]);
        let mail = Mailbox { language: "sv".to_owned(), ..organization().mail };
        let expected = Organization {
            display_name: "Südwind".to_owned(),
            country: "NO".parse().unwrap(),
            language: "sv".to_owned(),
            mail,
            updated: day(1),
            ..organization()
        };
        assert_eq!(after, expected);
    }

    #[test]
    fn r01_the_country_is_frozen_once_something_is_built_on_it() {
        let amend = |amendment: Amendment, enrollments: &[Enrollment], located| {
            let mut organization = organization();
            let told = organization.amend(amendment, enrollments, located, day(1));
            if told.is_err() {
                assert_eq!(organization, self::organization(), "a refusal changes nothing");
            }
            told
        };
        for state in State::ALL {
            let enrollments = [draft(), submitted(state)];
            assert_eq!(amend(whole("Südwind", "NO", "sv"), &enrollments, false), Err(Refusal::CountryFrozen));
            let same = amend(whole("Südwind", "SE", "sv"), &enrollments, false);
            assert_eq!(same, Ok(vec!["display_name", "language_code"]), "{state:?}");
        }
        assert_eq!(amend(whole("Südwind", "NO", "sv"), &[draft()], true), Err(Refusal::CountryFrozen));
        assert!(amend(whole("Südwind", "NO", "sv"), &[draft()], false).is_ok());
    }

    #[test]
    fn mail_keeps_the_contacts_language_once_it_goes_to_the_contact() {
        let mut organization = organization();
        organization.amend(whole("Nordwind", "SE", "sv"), &[submitted(State::Verifying)], false, day(1)).unwrap();
        assert_eq!((organization.language.as_str(), organization.mail.language.as_str()), ("sv", "en"));
    }

    #[test]
    fn an_address_elsewhere_loses_its_country_and_nothing_else() {
        assert_eq!(legal().moved_to("SE".parse().unwrap()), None);
        let mut expected = legal();
        expected.address.country.clear();
        assert_eq!(legal().moved_to("NO".parse().unwrap()), Some(expected.clone()));
        assert_eq!(expected.moved_to("NO".parse().unwrap()), None);
    }
}
