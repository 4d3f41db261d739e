//! The directory of providers: who is in it, by which terms it is searched, and who may link with whom.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use ids::OrganizationId;
use markets::{CountryCode, Markets};

use super::agreement::{Standing, Template};
use super::business::{BusinessProfile, Publication};
use super::enrollment::{Enrollment, EnrollmentType};
use super::lifecycle::State;
use super::picture::Picture;

/// Of a name, so many words are searched for.
const WORDS: usize = 12;
/// Of a word, so many characters count.
const WORD: usize = 40;

/// What an entry of the directory is found by. There is one for every entry alike, by which all of them are listed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Term {
    Any,
    Country(String),
    Language(String),
    Word(String),
}

/// What the directory is searched by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Search {
    pub(crate) country: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) name: Option<String>,
}

/// Signatures that no longer do: in these countries whoever signed less than this is overdue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Overdue {
    pub(crate) countries: Vec<String>,
    pub(crate) least: i32,
}

/// Why an organization may not link with a provider as its reseller now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Obstacle {
    #[error("this is your own organization")]
    Own,
    #[error("partners link within one programme region only: {0}")]
    Market(String),
    #[error("your organization has no active enrollment as an indirect reseller: bring one into force")]
    NotActive,
    #[error("your organization has no location: associate one by its claim code")]
    Location,
    #[error("your organization has not signed the partner agreement that it needs: sign it")]
    Agreement,
}

impl Term {
    /// As a column holds it.
    pub(crate) fn key(&self) -> String {
        match self {
            Term::Any => String::new(),
            Term::Country(code) => format!("country {code}"),
            Term::Language(code) => format!("language {code}"),
            Term::Word(word) => format!("word {word}"),
        }
    }
}

/// The words of a name, without what stands between them.
fn words(name: &str) -> BTreeSet<String> {
    let all = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    all.map(|word| word.to_lowercase().chars().take(WORD).collect()).take(WORDS).collect()
}

/// Everything that an entry is found by: who serves in `en-GB` also serves readers of `en`.
pub(crate) fn terms(name: &str, profile: &BusinessProfile) -> BTreeSet<Term> {
    let mut found = BTreeSet::from([Term::Any]);
    found.extend(words(name).into_iter().map(Term::Word));
    found.extend(profile.countries.iter().cloned().map(Term::Country));
    for language in &profile.languages {
        let primary = language.split('-').next().unwrap_or_default();
        found.extend([Term::Language(language.clone()), Term::Language(primary.to_owned())]);
    }
    found
}

impl Search {
    /// What must all be found; what fewest entries have comes first.
    pub(crate) fn terms(&self) -> Vec<Term> {
        let mut words: Vec<String> = self.name.as_deref().map(words).into_iter().flatten().collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        let mut terms: Vec<Term> = words.into_iter().map(Term::Word).collect();
        terms.extend(self.country.clone().map(Term::Country));
        terms.extend(self.language.clone().map(Term::Language));
        if terms.is_empty() {
            terms.push(Term::Any);
        }
        terms
    }
}

/// Whether the directory shows this organization now: a published profile, of a provider that may distribute.
pub(crate) fn is_listed(
    picture: &Picture,
    enrollments: &[Enrollment],
    profile: &BusinessProfile,
    now: DateTime<Utc>,
) -> bool {
    profile.publication == Publication::Published && provider(picture, enrollments, now).is_some()
}

/// The enrollment by which it may distribute now.
pub(crate) fn provider<'e>(
    picture: &Picture,
    enrollments: &'e [Enrollment],
    now: DateTime<Utc>,
) -> Option<&'e Enrollment> {
    enrollments.iter().find(|enrollment| {
        enrollment.kind == EnrollmentType::IndirectProvider
            && enrollment.state == State::Active
            && picture.location.is_some()
            && covered(picture, enrollment, now)
    })
}

fn covered(picture: &Picture, enrollment: &Enrollment, now: DateTime<Utc>) -> bool {
    matches!(picture.agreement(enrollment, now), Standing::Current | Standing::Due { .. })
}

/// Which providers are overdue now, by country: as [`super::agreement::standing`] has it, for many at once.
pub(crate) fn overdue(templates: &[Template], now: DateTime<Utc>) -> Vec<Overdue> {
    let Ok(markets) = Markets::builtin() else { return Vec::new() };
    let past = |template: &&Template| {
        template.kind == EnrollmentType::IndirectProvider
            && template.effective <= now
            && template.sign_by.is_some_and(|by| by <= now)
    };
    let regions: BTreeSet<&str> = templates.iter().filter(past).map(|template| template.region.as_str()).collect();
    let of = |region: &str| Overdue {
        countries: markets
            .on(now)
            .filter(|market| market.region.as_str() == region)
            .map(|market| market.country.to_string())
            .collect(),
        least: templates
            .iter()
            .filter(past)
            .filter(|template| template.region == region)
            .map(|template| template.version)
            .max()
            .unwrap_or_default(),
    };
    regions.into_iter().map(of).collect()
}

/// Everything that keeps an organization from linking with this provider as its reseller now.
pub(crate) fn obstacles(
    own: &Picture,
    enrollments: &[Enrollment],
    provider: (OrganizationId, CountryCode),
    now: DateTime<Utc>,
) -> Vec<Obstacle> {
    let mut found = Vec::new();
    let (provider, country) = provider;
    if own.organization.id == provider {
        found.push(Obstacle::Own);
    }
    let region = Markets::builtin().map(|markets| markets.same_region(own.organization.country, country, now));
    match region {
        Ok(Ok(_)) => {}
        Ok(Err(mismatch)) => found.push(Obstacle::Market(mismatch.to_string())),
        Err(error) => found.push(Obstacle::Market(error.to_string())),
    }
    let reseller = enrollments
        .iter()
        .find(|enrollment| enrollment.kind == EnrollmentType::IndirectReseller && enrollment.state.is_live());
    let Some(reseller) = reseller else {
        found.push(Obstacle::NotActive);
        return found;
    };
    // QUALIFIED is not named beside the very thing it waits for.
    if !matches!(reseller.state, State::Active | State::Qualified) {
        found.push(Obstacle::NotActive);
    }
    if own.location.is_none() {
        found.push(Obstacle::Location);
    }
    if !covered(own, reseller, now) {
        found.push(Obstacle::Agreement);
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::agreement;
    use crate::domain::samples::{day, enrollment, id, location, now, picture, template};

    const PROVIDER: EnrollmentType = EnrollmentType::IndirectProvider;
    const RESELLER: EnrollmentType = EnrollmentType::IndirectReseller;

    fn published() -> BusinessProfile {
        let languages = vec!["en-GB".to_owned(), "sv".to_owned()];
        let countries = vec!["SE".to_owned()];
        BusinessProfile { publication: Publication::Published, countries, languages, ..BusinessProfile::empty(now()) }
    }

    #[test]
    fn r15_an_entry_is_found_by_country_language_and_the_words_of_its_name() {
        let keys: Vec<String> = terms("Nordwind & Söner AB", &published()).iter().map(Term::key).collect();
        let expected = [
            "",
            "country SE",
            "language en",
            "language en-GB",
            "language sv",
            "word ab",
            "word nordwind",
            "word söner",
        ];
        assert_eq!(keys, expected);
        let search = |country: Option<&str>, name: Option<&str>| {
            let text = |text: &str| text.to_owned();
            let search = Search { country: country.map(text), language: Some("sv".to_owned()), name: name.map(text) };
            search.terms().iter().map(Term::key).collect::<Vec<_>>()
        };
        assert_eq!(search(Some("SE"), Some("ab NORDWIND")), ["word nordwind", "word ab", "country SE", "language sv"]);
        assert_eq!(search(None, Some(" - ")), ["language sv"]);
        assert_eq!(Search::default().terms(), [Term::Any]);
        assert_eq!(words(&"x ".repeat(50)).len(), 1);
        assert_eq!(words(&"y".repeat(50)).first().map(String::len), Some(WORD));
    }

    #[test]
    fn r15_the_directory_shows_a_published_provider_in_good_standing_and_nobody_else() {
        let located = Picture { location: Some(location()), ..picture() };
        for kind in EnrollmentType::ALL {
            for state in State::ALL {
                for signed in [0, 1] {
                    let one = Enrollment { signed_version: signed, ..enrollment(kind, state) };
                    let listed = (kind, state, signed) == (PROVIDER, State::Active, 1);
                    assert_eq!(is_listed(&located, std::slice::from_ref(&one), &published(), now()), listed, "{one:?}");
                    assert!(
                        !is_listed(&picture(), std::slice::from_ref(&one), &published(), now()),
                        "without location"
                    );
                    let withdrawn = BusinessProfile { publication: Publication::Unpublished, ..published() };
                    assert!(!is_listed(&located, &[one], &withdrawn, now()));
                }
            }
        }
    }

    #[test]
    fn r15_who_may_not_link_learns_everything_that_stands_in_the_way() {
        let located = Picture { location: Some(location()), ..picture() };
        let active = Enrollment { signed_version: 1, ..enrollment(RESELLER, State::Active) };
        let (other, germany, america) = (id(99), "DE".parse().unwrap(), "US".parse().unwrap());
        let of = |picture: &Picture, enrollments: &[Enrollment], to| obstacles(picture, enrollments, to, now());
        assert_eq!(of(&located, std::slice::from_ref(&active), (other, germany)), []);
        assert_eq!(of(&located, std::slice::from_ref(&active), (id(1), germany)), [Obstacle::Own]);
        let abroad = of(&located, std::slice::from_ref(&active), (other, america));
        assert!(matches!(abroad.as_slice(), [Obstacle::Market(why)] if why.contains("US")), "{abroad:?}");
        assert_eq!(of(&located, &[], (other, germany)), [Obstacle::NotActive]);
        let qualified = enrollment(RESELLER, State::Qualified);
        assert_eq!(of(&picture(), &[qualified], (other, germany)), [Obstacle::Location, Obstacle::Agreement]);
        let suspended = Enrollment { state: State::Suspended, ..active.clone() };
        assert_eq!(of(&located, &[suspended], (other, germany)), [Obstacle::NotActive]);
        let provider = Enrollment { kind: PROVIDER, ..active.clone() };
        assert_eq!(of(&located, &[provider], (other, germany)), [Obstacle::NotActive], "a provider is no reseller");
        let ended = Enrollment { state: State::Ended, ..active };
        assert_eq!(of(&located, &[ended], (other, germany)), [Obstacle::NotActive]);
    }

    proptest! {
        /// What is asked of many at once is what the agreement says of each.
        #[test]
        fn r15_who_is_overdue_is_so_for_the_directory(
            versions in prop::collection::vec((-20i64..20, prop::option::of(0i64..20)), 1..5),
            signed in 1i32..5,
            at in -25i64..45,
        ) {
            let templates: Vec<Template> = (1..).zip(versions)
                .map(|(version, (from, by))| template(PROVIDER, version, from, by.map(|by| from + by)))
                .collect();
            let standing = agreement::standing(&templates, PROVIDER, "EUROPE", signed, day(at));
            let shown = overdue(&templates, day(at)).iter().any(|overdue| {
                overdue.countries.iter().any(|country| country == "SE") && signed < overdue.least
            });
            prop_assert_eq!(matches!(standing, Standing::Overdue { .. }), shown);
        }
    }
}
