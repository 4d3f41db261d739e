//! What a provider offers resellers, and whether it is meant for everybody to see.

use chrono::{DateTime, Utc};
use markets::{CountryCode, Markets};
use serde::{Deserialize, Serialize};

use super::Refusal;
use super::contact::Contact;
use super::enrollment::{Enrollment, EnrollmentType};

/// Whether a profile is meant for the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Publication {
    Unpublished,
    Published,
}

/// What is offered, a text each; empty where nothing is said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Offer {
    pub(crate) summary: String,
    pub(crate) training: String,
    pub(crate) marketing: String,
    pub(crate) financing: String,
    pub(crate) credit_terms: String,
    pub(crate) support: String,
    pub(crate) billing: String,
    pub(crate) programme_terms: String,
}

/// What a provider offers resellers. Empty fields are not given yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BusinessProfile {
    pub(crate) publication: Publication,
    pub(crate) offer: Offer,
    /// Countries served, each once, in order.
    pub(crate) countries: Vec<String>,
    /// Languages served in, each once, in order.
    pub(crate) languages: Vec<String>,
    pub(crate) sales_contact: Contact,
    pub(crate) website: String,
    pub(crate) version: i64,
    pub(crate) updated: DateTime<Utc>,
}

/// Whether the directory shows a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visibility {
    Unpublished,
    NotInGoodStanding,
    Listed,
}

/// A field that is missing or wrong, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flaw {
    pub(crate) field: &'static str,
    pub(crate) description: String,
}

impl Publication {
    pub(crate) const ALL: [Publication; 2] = [Publication::Unpublished, Publication::Published];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Publication::Unpublished => "UNPUBLISHED",
            Publication::Published => "PUBLISHED",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Publication> {
        Self::ALL.into_iter().find(|publication| publication.as_str() == name)
    }
}

impl BusinessProfile {
    pub(crate) fn empty(now: DateTime<Utc>) -> BusinessProfile {
        BusinessProfile {
            publication: Publication::Unpublished,
            offer: Offer::default(),
            countries: Vec::new(),
            languages: Vec::new(),
            sales_contact: Contact::default(),
            website: String::new(),
            version: 1,
            updated: now,
        }
    }

    /// Refused to publish for who is no provider: what is published is a provider's.
    pub(crate) fn publishable(&self, enrollments: &[Enrollment]) -> Result<(), Refusal> {
        let provider =
            |enrollment: &Enrollment| enrollment.kind == EnrollmentType::IndirectProvider && enrollment.state.is_live();
        let unpublished = self.publication == Publication::Unpublished;
        if unpublished || enrollments.iter().any(provider) { Ok(()) } else { Err(Refusal::NotAProvider) }
    }

    /// Every country where a provider of this one can't sell, and, once published, every field that others need.
    pub(crate) fn flaws(&self, own: CountryCode, now: DateTime<Utc>) -> Vec<Flaw> {
        let mut found = Vec::new();
        for country in &self.countries {
            if let Some(description) = unsellable(own, country, now) {
                found.push(Flaw { field: "served_region_codes", description });
            }
        }
        if self.publication == Publication::Published {
            let needed = [
                ("summary", self.offer.summary.is_empty(), "say what you offer"),
                ("served_region_codes", self.countries.is_empty(), "give the countries served"),
                ("language_codes", self.languages.is_empty(), "give the languages served in"),
                ("sales_contact.given_name", self.sales_contact.given_name.is_empty(), "give the given name"),
                ("sales_contact.family_name", self.sales_contact.family_name.is_empty(), "give the family name"),
                ("sales_contact.email", self.sales_contact.email.is_empty(), "give the address for enquiries"),
            ];
            for (field, missing, to_do) in needed {
                if missing {
                    let description = format!("is needed by a published profile: {to_do}, or withdraw it");
                    found.push(Flaw { field, description });
                }
            }
        }
        found
    }
}

fn unsellable(own: CountryCode, country: &str, now: DateTime<Utc>) -> Option<String> {
    let Ok(markets) = Markets::builtin() else { return Some("can't be judged now".to_owned()) };
    let country = country.parse::<CountryCode>().ok()?;
    let mismatch = markets.may_sell(own, country, now).err()?;
    Some(format!("{country} can't be served: {mismatch}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lifecycle::State;
    use crate::domain::samples::{enrollment, now};

    fn profile() -> BusinessProfile {
        BusinessProfile {
            publication: Publication::Published,
            offer: Offer { summary: "Everything from one hand.".to_owned(), ..Offer::default() },
            countries: vec!["DE".to_owned(), "SE".to_owned()],
            languages: vec!["de".to_owned()],
            sales_contact: Contact {
                given_name: "Klaus".to_owned(),
                family_name: "Kern".to_owned(),
                email: "sales@rheinwolke.example".to_owned(),
                phone: String::new(),
            },
            ..BusinessProfile::empty(now())
        }
    }

    fn fields(profile: &BusinessProfile) -> Vec<&'static str> {
        profile.flaws("DE".parse().unwrap(), now()).into_iter().map(|flaw| flaw.field).collect()
    }

    #[test]
    fn r15_a_published_profile_is_whole_and_every_gap_is_told_at_once() {
        assert_eq!(fields(&profile()), [""; 0]);
        let empty = BusinessProfile { publication: Publication::Published, ..BusinessProfile::empty(now()) };
        let needed = [
            "summary",
            "served_region_codes",
            "language_codes",
            "sales_contact.given_name",
            "sales_contact.family_name",
            "sales_contact.email",
        ];
        assert_eq!(fields(&empty), needed);
        assert_eq!(fields(&BusinessProfile::empty(now())), [""; 0], "a draft may be incomplete");
    }

    #[test]
    fn r15_only_countries_where_a_provider_may_sell_are_served() {
        let beyond = ["US", "DE", "KP"].map(str::to_owned).into();
        let wide = BusinessProfile { countries: beyond, publication: Publication::Unpublished, ..profile() };
        assert_eq!(fields(&wide), ["served_region_codes"; 2], "told even of a draft");
    }

    #[test]
    fn r15_only_a_provider_publishes() {
        for kind in EnrollmentType::ALL {
            for state in State::ALL {
                let may = kind == EnrollmentType::IndirectProvider && state.is_live();
                assert_eq!(profile().publishable(&[enrollment(kind, state)]).is_ok(), may, "{kind:?} {state:?}");
            }
        }
        let withdrawn = BusinessProfile { publication: Publication::Unpublished, ..profile() };
        assert_eq!((withdrawn.publishable(&[]), profile().publishable(&[])), (Ok(()), Err(Refusal::NotAProvider)));
        assert!(Publication::ALL.into_iter().all(|one| Publication::parse(one.as_str()) == Some(one)));
    }
}
