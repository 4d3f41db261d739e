//! What enrolling in a country asks, and what is known of its rules: told before anybody begins.

use chrono::{DateTime, Utc};

use super::enrollment::EnrollmentType;
use super::rules::address::{self, AddressRule, Area, Postal};
use super::rules::number::{self, Form, Number};
use super::rules::{Origin, guide, needs_preapproval, phone};

/// A field of which countries differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldRule {
    /// The field's path.
    pub(crate) field: &'static str,
    pub(crate) need: Need,
    pub(crate) knowledge: Knowledge,
    pub(crate) pattern: &'static str,
    pub(crate) examples: Vec<String>,
    /// What people call each of the numbers that do, one per example.
    pub(crate) labels: Vec<&'static str>,
    /// The closed list; empty where any text is taken.
    pub(crate) areas: Vec<Area>,
    pub(crate) origin: Origin,
}

/// Whether a field is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Required,
    Optional,
    /// The country's addresses have none.
    Unused,
}

/// What is known of the form of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Knowledge {
    /// What breaks the rule is refused.
    Enforced,
    /// What breaks the rule is taken, with an advice.
    Advised,
    /// No rule is known.
    None,
}

/// A field that is asked, with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) words: guide::FieldWords,
    pub(crate) rule: FieldRule,
}

/// No rule was found.
const NONE_FOUND: &str = "none found";

const PHONES: [&str; 3] =
    ["legal_profile.primary_contact.phone", "legal_profile.company_approver.phone", "support_profile.phone"];

/// The fields of which countries differ, as this one has them.
pub(crate) fn of_country(country: &str, now: DateTime<Utc>) -> Vec<FieldRule> {
    let mut found: Vec<FieldRule> =
        address::rule(country, now).map(|rule| of_address(&rule, now)).into_iter().flatten().collect();
    let numbers = [("legal_profile.registration_number", Number::Registration), ("legal_profile.tax_id", Number::Tax)];
    found.extend(numbers.map(|(field, number)| of_number(country, field, number, now)));
    found.extend(PHONES.map(|field| of_phone(country, field)));
    found
}

/// Every field that is asked, in order.
pub(crate) fn fields(country: &str, language: &str, now: DateTime<Utc>) -> Vec<Asked> {
    let mut of_country = of_country(country, now);
    let asked = guide::fields(language, now).map(|words| {
        let own = of_country.iter().position(|rule| rule.field == words.field).map(|at| of_country.swap_remove(at));
        let mut rule = own.unwrap_or_else(|| FieldRule {
            field: words.field,
            need: if words.is_required { Need::Required } else { Need::Optional },
            knowledge: Knowledge::Enforced,
            pattern: "",
            examples: Vec::new(),
            areas: Vec::new(),
            labels: Vec::new(),
            origin: words.origin,
        });
        if rule.examples.is_empty() && !words.example.is_empty() {
            rule.examples.push(words.example.to_owned());
        }
        Asked { words, rule }
    });
    asked.collect()
}

/// What is done, in order.
pub(crate) fn steps(kind: EnrollmentType, language: &str, now: DateTime<Utc>) -> Vec<guide::Step> {
    let needs_leave = needs_preapproval(kind.as_str(), now);
    guide::steps(language, now).filter(|step| !step.is_preapproval || needs_leave).collect()
}

fn of_address(rule: &AddressRule, now: DateTime<Utc>) -> Vec<FieldRule> {
    let plain = |field: &'static str, name: &str| FieldRule {
        field,
        need: if rule.needs(name) { Need::Required } else { Need::Optional },
        knowledge: if rule.is_own() { Knowledge::Enforced } else { Knowledge::None },
        pattern: "",
        examples: Vec::new(),
        areas: Vec::new(),
        labels: Vec::new(),
        origin: rule.origin,
    };
    let areas: Vec<Area> = rule.areas(now).collect();
    let area = FieldRule {
        knowledge: if areas.is_empty() { Knowledge::None } else { Knowledge::Enforced },
        examples: areas.iter().take(3).map(|area| area.shown().to_owned()).collect(),
        areas,
        ..plain("legal_profile.address.administrative_area", "administrative_area")
    };
    let code = plain("legal_profile.address.postal_code", "postal_code");
    let code = match rule.postal {
        Postal::Pattern { pattern, examples, .. } => FieldRule {
            knowledge: Knowledge::Enforced,
            pattern,
            examples: examples.split(',').take(3).map(str::to_owned).collect(),
            ..code
        },
        Postal::Used | Postal::Unknown => FieldRule { knowledge: Knowledge::None, ..code },
        Postal::Unused => FieldRule { need: Need::Unused, knowledge: Knowledge::None, ..code },
    };
    vec![
        plain("legal_profile.address.address_lines", "address_lines"),
        plain("legal_profile.address.locality", "locality"),
        area,
        code,
    ]
}

fn of_number(country: &str, field: &'static str, number: Number, now: DateTime<Utc>) -> FieldRule {
    let rules: Vec<_> = number::rules(country, number, now).collect();
    let known: Vec<_> = rules.iter().filter(|rule| rule.form != Form::Unknown).collect();
    let is_needed = rules.iter().any(|rule| rule.is_needed);
    FieldRule {
        field,
        need: if is_needed { Need::Required } else { Need::Optional },
        knowledge: match (known.is_empty(), is_needed) {
            (true, _) => Knowledge::None,
            (false, true) => Knowledge::Enforced,
            (false, false) => Knowledge::Advised,
        },
        // With several of which one suffices, or check digits, no one pattern says it.
        pattern: match known[..] {
            [number::NumberRule { form: Form::Pattern(pattern), .. }] => pattern,
            _ => "",
        },
        examples: known.iter().map(|rule| rule.example.to_owned()).collect(),
        labels: known.iter().map(|rule| rule.label).collect(),
        areas: Vec::new(),
        origin: rules.first().map_or(Origin { source: NONE_FOUND, from: "", read: "" }, |rule| rule.origin),
    }
}

fn of_phone(country: &str, field: &'static str) -> FieldRule {
    let example = phone::example(country);
    FieldRule {
        field,
        need: if field.starts_with("support") { Need::Required } else { Need::Optional },
        knowledge: if example.is_some() { Knowledge::Enforced } else { Knowledge::None },
        pattern: "",
        origin: Origin { source: if example.is_some() { phone::ORIGIN.source } else { NONE_FOUND }, ..phone::ORIGIN },
        examples: example.into_iter().collect(),
        labels: Vec::new(),
        areas: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::now;

    fn field(country: &str, path: &str) -> FieldRule {
        fields(country, "en", now()).into_iter().find(|asked| asked.rule.field == path).expect(path).rule
    }

    #[test]
    fn r16_every_country_is_asked_the_same_fields_by_its_own_rules() {
        let paths: Vec<_> = fields("SE", "en", now()).iter().map(|asked| asked.rule.field).collect();
        assert_eq!(paths.len(), 20);
        for market in markets::Markets::builtin().unwrap().on(now()) {
            let country = market.country.as_str();
            let asked = fields(country, "sv", now());
            assert_eq!(asked.iter().map(|asked| asked.rule.field).collect::<Vec<_>>(), paths, "{country}");
            assert!(asked.iter().all(|asked| asked.words.field == asked.rule.field), "{country}");
            assert!(asked.iter().all(|asked| !asked.rule.origin.source.is_empty() && !asked.words.title.is_empty()));
            let told = of_country(country, now());
            assert!(told.len() == 9 && told.iter().all(|rule| paths.contains(&rule.field)), "{country}");
        }
        let (brazil, sweden) = ("legal_profile.registration_number", "legal_profile.address.postal_code");
        assert_eq!((field("BR", brazil).need, field("BR", brazil).knowledge), (Need::Required, Knowledge::Enforced));
        assert_eq!((field("SE", brazil).need, field("SE", brazil).knowledge), (Need::Optional, Knowledge::Advised));
        assert_eq!((field("IQ", brazil).need, field("IQ", brazil).knowledge), (Need::Required, Knowledge::None));
        assert_eq!(field("SE", sweden).examples, ["11455", "12345", "10500"]);
        assert_eq!(field("HK", sweden).need, Need::Unused);
        assert_eq!(field("US", "legal_profile.address.administrative_area").areas.len(), 62);
    }

    #[test]
    fn r16_who_needs_the_operators_leave_is_told_so_first() {
        let first = |kind| steps(kind, "en", now()).remove(0);
        assert_eq!(
            first(EnrollmentType::DirectBill).method,
            "linkage.enrollment.v1.EnrollmentService/CreatePreapproval"
        );
        assert_eq!(first(EnrollmentType::IndirectReseller).code, "LEGAL_PROFILE");
        assert_eq!(steps(EnrollmentType::IndirectReseller, "sv", now()).len(), 11);
    }

    #[test]
    fn r16_a_field_shows_the_countrys_own_examples_or_those_of_its_words() {
        let examples = |country, path| field(country, path).examples.join("|");
        assert_eq!(examples("US", "legal_profile.address.administrative_area"), "AL|AK|AS");
        assert_eq!(examples("US", "legal_profile.address.postal_code"), "95014|22162-1010");
        assert_eq!(examples("US", "legal_profile.address.locality"), "Stockholm");
        assert_eq!(examples("US", "support_profile.phone"), "+1 201-555-0123");
        assert_eq!(examples("BV", "support_profile.phone"), "+46 8 123 456 78", "it has no numbers of its own");
        assert_eq!(field("HK", "legal_profile.address.postal_code").examples, [""; 0]);
    }

    #[test]
    fn r16_a_field_tells_what_is_known_of_its_form() {
        let known = |country, path| {
            let rule = field(country, path);
            (rule.knowledge, rule.pattern)
        };
        let (area, code) = ("legal_profile.address.administrative_area", "legal_profile.address.postal_code");
        assert_eq!(known("US", area), (Knowledge::Enforced, ""));
        assert_eq!(known("SE", area), (Knowledge::None, ""), "any text is taken");
        assert_eq!(known("SE", code), (Knowledge::Enforced, r"\d{3} ?\d{2}"));
        assert_eq!([known("AG", code), known("HK", code)], [(Knowledge::None, ""); 2]);
        let number = "legal_profile.registration_number";
        assert_eq!(known("AM", number), (Knowledge::Enforced, r"\d{8}"));
        assert_eq!(known("PL", number), (Knowledge::Enforced, ""), "one of several suffices");
        assert_eq!(known("BV", "support_profile.phone"), (Knowledge::None, ""));
        assert_eq!(field("SE", "legal_profile.legal_name").need, Need::Required);
        let source = |country| field(country, "support_profile.phone").origin.source;
        assert_eq!((source("SE"), source("BV")), (phone::ORIGIN.source, NONE_FOUND));
    }

    #[test]
    fn r16_a_known_postal_code_is_enforced_where_the_other_fields_are_not_known() {
        let mut rule = address::rule("SE", now()).unwrap();
        rule.origin = address::rule("BV", now()).unwrap().origin;
        let known = of_address(&rule, now()).into_iter().map(|field| (field.field, field.knowledge));
        let enforced: Vec<_> = known.filter(|(_, known)| *known != Knowledge::None).collect();
        assert_eq!(enforced, [("legal_profile.address.postal_code", Knowledge::Enforced)]);
    }
}
