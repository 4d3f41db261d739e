//! The words of the guide, and the service levels it tells.

use chrono::{DateTime, TimeDelta, Utc};

use super::Origin;
use super::table::{holds, rows};

const FIELDS: &str = include_str!("../../../data/guide/fields.tsv");
const STEPS: &str = include_str!("../../../data/guide/steps.tsv");
const EVIDENCE: &str = include_str!("../../../data/guide/evidence.tsv");

/// The languages of the texts; the first where no other fits.
pub(crate) const LANGUAGES: [&str; 2] = ["en", "sv"];

/// What a field is called, and what is said of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FieldWords {
    pub(crate) field: &'static str,
    pub(crate) is_required: bool,
    pub(crate) example: &'static str,
    pub(crate) title: &'static str,
    pub(crate) text: &'static str,
    pub(crate) origin: Origin,
}

/// Something that is done on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    /// Only where the type needs the operator's leave.
    pub(crate) is_preapproval: bool,
    pub(crate) code: &'static str,
    pub(crate) actor: &'static str,
    pub(crate) method: &'static str,
    pub(crate) usual: Option<TimeDelta>,
    pub(crate) limit: Option<TimeDelta>,
    pub(crate) text: &'static str,
    pub(crate) origin: Origin,
}

/// Evidence that counts for a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Evidence {
    pub(crate) code: &'static str,
    /// The kind of document, as verification names it; empty for something that is done instead.
    pub(crate) kind: &'static str,
    pub(crate) text: &'static str,
    pub(crate) origin: Origin,
}

/// The fields that are asked, in order.
pub(crate) fn fields(language: &str, now: DateTime<Utc>) -> impl Iterator<Item = FieldWords> {
    let swedish = language == LANGUAGES[1];
    rows(FIELDS, '\t').filter(move |row: &[&str; 11]| holds(row[8], "", now)).map(
        move |[_, field, need, example, en_title, en, sv_title, sv, from, source, read]| FieldWords {
            field,
            is_required: need == "required",
            example,
            title: if swedish { sv_title } else { en_title },
            text: if swedish { sv } else { en },
            origin: Origin { source, from, read },
        },
    )
}

/// What is done, in order.
pub(crate) fn steps(language: &str, now: DateTime<Utc>) -> impl Iterator<Item = Step> {
    let swedish = language == LANGUAGES[1];
    let hours = |text: &str| text.parse().ok().map(TimeDelta::hours);
    rows(STEPS, '\t').filter(move |row: &[&str; 12]| holds(row[9], "", now)).map(
        move |[_, when, code, actor, method, usual, limit, en, sv, from, source, read]| Step {
            is_preapproval: when == "PREAPPROVAL",
            code,
            actor,
            method,
            usual: hours(usual),
            limit: hours(limit),
            text: if swedish { sv } else { en },
            origin: Origin { source, from, read },
        },
    )
}

/// Which evidence counts for each check.
pub(crate) fn evidence(language: &str, now: DateTime<Utc>) -> impl Iterator<Item = Evidence> {
    let swedish = language == LANGUAGES[1];
    rows(EVIDENCE, '\t').filter(move |row: &[&str; 8]| holds(row[5], "", now)).map(
        move |[_, code, kind, en, sv, from, source, read]| Evidence {
            code,
            kind,
            text: if swedish { sv } else { en },
            origin: Origin { source, from, read },
        },
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::samples::now;

    /// What verification keeps to; the guide promises nothing else.
    const DEADLINES: &str = include_str!("../../../../verification/data/deadlines.csv");
    /// Which documents verification takes.
    const TAKEN: &str = include_str!("../../../../verification/data/evidence.csv");

    #[test]
    fn r16_the_guide_promises_what_verification_keeps() {
        let hours = |step: &str| {
            let row = DEADLINES.lines().rev().find(|line| line.starts_with(step)).expect(step);
            TimeDelta::hours(row.split(',').nth(1).expect("hours").parse().expect("a number"))
        };
        for step in steps("en", now()) {
            match step.code {
                "EMAIL" | "AUTHORITY" => assert_eq!(step.limit, Some(hours("CONFIRM")), "{step:?}"),
                "DOMAIN" | "EMPLOYMENT" | "BUSINESS" => assert_eq!(step.usual, Some(hours("REVIEW")), "{step:?}"),
                _ => assert_eq!((step.usual, step.limit), (None, None), "{step:?}"),
            }
        }
        let taken: BTreeSet<(&str, &str)> =
            TAKEN.lines().skip(1).filter_map(|line| Some((line.split(',').next()?, line.split(',').nth(1)?))).collect();
        for language in LANGUAGES {
            let promised = evidence(language, now()).filter(|one| !one.kind.is_empty()).map(|one| (one.code, one.kind));
            assert_eq!(promised.collect::<BTreeSet<_>>(), taken, "what the guide promises, and what is taken");
        }
        let in_words = |code: &str, words: &str| {
            evidence("en", now()).any(|one| one.code == code && one.kind.is_empty() && one.text.contains(words))
        };
        assert!(in_words("DOMAIN", "ProveDomain") && in_words("AUTHORITY", "at the contact's domain"));
    }

    #[test]
    fn r16_every_word_is_there_in_every_language() {
        for language in LANGUAGES {
            assert!(fields(language, now()).all(|field| !field.text.is_empty() && !field.title.is_empty()));
            assert!(steps(language, now()).all(|step| !step.text.is_empty() && step.method.contains('/')));
            let told: BTreeSet<_> = evidence(language, now()).map(|one| one.code).collect();
            assert_eq!(told.len(), 5, "something for every check");
            assert!(evidence(language, now()).all(|one| !one.text.is_empty()));
        }
        assert_ne!(fields("en", now()).next(), fields("sv", now()).next());
    }

    #[test]
    fn r16_every_text_is_in_the_language_that_is_read_and_in_english_for_all_others() {
        let first = |language| {
            let (field, step) = (fields(language, now()).next().unwrap(), steps(language, now()).next().unwrap());
            [field.title, field.text, step.text, evidence(language, now()).next().unwrap().text]
        };
        let begin =
            |language, words: [&str; 4]| first(language).iter().zip(words).all(|(text, word)| text.starts_with(word));
        assert!(begin("en", ["Legal name", "The company's name", "Ask the operator", "The contact's own answer"]));
        assert!(begin("sv", ["Firma", "Företagets namn", "Be operatören", "Kontaktens eget svar"]));
        assert_eq!(first("de"), first("en"));
    }
}
