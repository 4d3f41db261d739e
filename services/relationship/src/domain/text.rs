//! The texts that consents are given to: dated, in the recipient's language.

use addresses::Language;
use chrono::{DateTime, NaiveDate, Utc};

/// What a text is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topic {
    PartnershipTerms,
    OrderSubmission,
    DelegatedAdmin,
    ResellerRelationship,
    ProviderRelationship,
    CustomerAgreement,
}

/// All texts of one day, in one language.
struct Edition {
    /// The version, and the day it takes effect.
    version: &'static str,
    language: &'static str,
    texts: [(Topic, &'static str); 6],
}

macro_rules! edition {
    ($version:literal, $language:literal) => {
        Edition {
            version: $version,
            language: $language,
            texts: [
                (Topic::PartnershipTerms, edition!($version, $language, "partnership_terms")),
                (Topic::OrderSubmission, edition!($version, $language, "order_submission")),
                (Topic::DelegatedAdmin, edition!($version, $language, "delegated_admin")),
                (Topic::ResellerRelationship, edition!($version, $language, "reseller_relationship")),
                (Topic::ProviderRelationship, edition!($version, $language, "provider_relationship")),
                (Topic::CustomerAgreement, edition!($version, $language, "customer_agreement")),
            ],
        }
    };
    ($version:literal, $language:literal, $topic:literal) => {
        include_str!(concat!("../../data/texts/", $version, "/", $language, "/", $topic, ".txt"))
    };
}

/// In order of version; the fallback language last within a version.
const EDITIONS: &[Edition] = &[edition!("2025-01-01", "sv"), edition!("2025-01-01", "en")];

const FALLBACK: &str = "en";

/// A text as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) version: &'static str,
    pub(crate) text: String,
}

/// The text in force, in this language or else in English, with `{name}`s filled in.
pub(crate) fn find(topic: Topic, language: &Language, now: DateTime<Utc>, values: &[(&str, &str)]) -> Text {
    let language = language.among(EDITIONS.iter().map(|edition| edition.language)).unwrap_or(FALLBACK);
    let fits = |edition: &&Edition| edition.language == language && in_force(edition.version, now);
    // Before the first day the first edition already holds: a text is never missing.
    let first = || EDITIONS.iter().find(|edition| edition.language == language);
    let edition = EDITIONS.iter().rfind(fits).or_else(first);
    let template = edition.and_then(|edition| edition.texts.iter().find(|(about, _)| *about == topic));
    let mut text = template.map_or("", |(_, text)| text.trim_end()).to_owned();
    for (name, value) in values {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    Text { version: edition.map_or("", |edition| edition.version), text }
}

fn in_force(version: &str, now: DateTime<Utc>) -> bool {
    version.parse::<NaiveDate>().is_ok_and(|day| day <= now.date_naive())
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn every_version_is_a_day_and_every_text_is_there() {
        for edition in EDITIONS {
            assert!(edition.version.parse::<NaiveDate>().is_ok(), "{}", edition.version);
            assert!(edition.texts.iter().all(|(_, text)| text.trim().len() > 20));
        }
        assert!(EDITIONS.is_sorted_by_key(|edition| edition.version));
    }

    #[test]
    fn the_recipients_language_is_used_and_names_are_filled_in() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(365 * 60);
        let of =
            |language: &str| find(Topic::OrderSubmission, &language.parse().unwrap(), now, &[("partner", "Acme")]).text;
        assert!(of("sv-SE").starts_with("Acme får lägga beställningar"));
        assert!(of("en").starts_with("Acme may place orders"));
        assert_eq!(of("fi"), of("en"));
        let early = find(Topic::CustomerAgreement, &"en".parse().unwrap(), DateTime::UNIX_EPOCH, &[]);
        assert_eq!(early.version, "2025-01-01");
        let later = find(Topic::CustomerAgreement, &"en".parse().unwrap(), now, &[]);
        assert_eq!(early, later, "before the first day the first edition of the language holds");
    }

    #[test]
    fn a_version_is_in_force_from_its_day_on() {
        let at = |time: &str| time.parse::<DateTime<Utc>>().unwrap();
        assert!(!in_force("2025-01-01", at("2024-12-31T23:59:59Z")));
        assert!(
            in_force("2025-01-01", at("2025-01-01T00:00:00Z")) && in_force("2025-01-01", at("2025-01-02T00:00:00Z"))
        );
        assert!(!in_force("someday", at("2025-01-02T00:00:00Z")));
    }

    #[test]
    fn every_topic_has_its_own_text() {
        let of = |topic| find(topic, &"en".parse().unwrap(), DateTime::UNIX_EPOCH, &[]).text;
        let topics = [
            Topic::PartnershipTerms,
            Topic::OrderSubmission,
            Topic::DelegatedAdmin,
            Topic::ResellerRelationship,
            Topic::ProviderRelationship,
            Topic::CustomerAgreement,
        ];
        let texts: std::collections::BTreeSet<_> = topics.map(of).into();
        assert_eq!(texts.len(), topics.len());
    }
}
