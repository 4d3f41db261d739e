//! Registration and tax numbers: which a country needs, and whether one is right.

use chrono::{DateTime, Utc};
use regex_lite::Regex;
use stdnum::find;

use super::Origin;
use super::spelling::{bare, upper};
use super::table::{holds, of};

const NUMBERS: &str = include_str!("../../../data/countries/numbers.tsv");

/// Which number of a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Number {
    Registration,
    Tax,
}

/// One of the numbers that do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NumberRule {
    pub(crate) is_needed: bool,
    pub(crate) form: Form,
    /// What people call it.
    pub(crate) label: &'static str,
    pub(crate) example: &'static str,
    pub(crate) origin: Origin,
}

/// How a number is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// By a scheme of the library, check digits included where it has them.
    Scheme(&'static str),
    /// By its letters and digits alone.
    Pattern(&'static str),
    /// No rule is known.
    Unknown,
}

/// What is to be said of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Right, in its one spelling.
    Right(String),
    /// No rule is known by which it could be wrong.
    Unjudged,
    /// Not what the country's companies have; what is expected.
    Wrong(String),
}

impl Number {
    /// The field's name in the profile.
    pub(crate) const fn field(self) -> &'static str {
        match self {
            Number::Registration => "registration_number",
            Number::Tax => "tax_id",
        }
    }
}

/// How far a number that was taken could be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Assurance {
    /// No rule is known.
    NoRule,
    /// By its letters and digits.
    Form,
    /// By its check digits too: a slip in any one digit would have been noticed.
    Digits,
}

/// The rules in force: one of them suffices.
pub(crate) fn rules(country: &str, number: Number, now: DateTime<Utc>) -> impl Iterator<Item = NumberRule> {
    let rows = of(NUMBERS, country);
    rows.filter(move |row: &[&str; 11]| row[1] == number.field() && holds(row[7], row[8], now)).map(
        |[_, _, need, kind, detail, label, example, from, _, source, read]| NumberRule {
            is_needed: need == "required",
            form: match kind {
                "library" => Form::Scheme(detail),
                "format" => Form::Pattern(detail),
                _ => Form::Unknown,
            },
            label,
            example,
            origin: Origin { source, from, read },
        },
    )
}

/// Whether a company there must have one.
pub(crate) fn is_needed(country: &str, number: Number, now: DateTime<Utc>) -> bool {
    rules(country, number, now).any(|rule| rule.is_needed)
}

/// What is to be said of a number that was typed.
pub(crate) fn judge(country: &str, number: Number, typed: &str, now: DateTime<Utc>) -> Verdict {
    let known: Vec<NumberRule> = rules(country, number, now).filter(|rule| rule.form != Form::Unknown).collect();
    if known.is_empty() {
        return Verdict::Unjudged;
    }
    match known.iter().find_map(|rule| rule.spelled(typed)) {
        Some(spelled) => Verdict::Right(spelled),
        None => {
            let each: Vec<String> =
                known.iter().map(|rule| format!("{} such as {}", rule.label, rule.example)).collect();
            Verdict::Wrong(format!("must be a company's number of {country}: {}", each.join(", or ")))
        }
    }
}

/// How far the rules vouch for a number; none for no number.
pub(crate) fn assurance(country: &str, number: Number, taken: &str, now: DateTime<Utc>) -> Option<Assurance> {
    let met = rules(country, number, now).find(|rule| rule.spelled(taken).is_some());
    (!taken.is_empty()).then_some(match met {
        Some(rule) if rule.notices_slips(taken) => Assurance::Digits,
        Some(_) => Assurance::Form,
        None => Assurance::NoRule,
    })
}

impl NumberRule {
    /// Whether no digit of this number could be another one: some of the library's schemes know the form alone.
    fn notices_slips(&self, right: &str) -> bool {
        right.char_indices().filter(|(_, digit)| digit.is_ascii_digit()).all(|(at, digit)| {
            let others = ('0'..='9').filter(|other| *other != digit);
            let mut slips = others.map(|other| format!("{}{other}{}", &right[..at], &right[at + 1..]));
            slips.all(|slip| self.spelled(&slip).is_none())
        })
    }

    /// Its one spelling, if it is right.
    fn spelled(&self, typed: &str) -> Option<String> {
        match self.form {
            Form::Scheme(scheme) => {
                let scheme = find(scheme)?;
                let tries = [upper(typed), bare(typed)];
                tries.iter().find_map(|text| scheme.validate(text).ok()).map(|valid| valid.compact)
            }
            Form::Pattern(pattern) => {
                let number = bare(typed);
                Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|form| form.is_match(&number)).then_some(number)
            }
            Form::Unknown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::now;

    const NEEDED: [&str; 24] = [
        "AE", "AM", "AZ", "BR", "BY", "HU", "IN", "IQ", "KG", "KZ", "MD", "MM", "PL", "RU", "SA", "SS", "TH", "TJ",
        "TR", "UA", "UZ", "VE", "VN", "ZA",
    ];

    #[test]
    fn r22_a_reviewer_is_told_how_far_a_number_was_judged() {
        let told = |country, taken| assurance(country, Number::Registration, taken, now());
        assert_eq!(told("SE", "556016-0680"), Some(Assurance::Digits));
        assert_eq!(told("SE", ""), None);
        assert_eq!(told("AT", "122119m"), Some(Assurance::Form), "a scheme of the library without check digits");
        let patterned = |country: &str| {
            let rule = rules(country, Number::Registration, now()).next().unwrap();
            matches!(rule.form, Form::Pattern(_)).then_some(rule.example)
        };
        let markets = markets::Markets::builtin().unwrap();
        let example = markets.on(now()).find_map(|market| Some((market.country, patterned(market.country.as_str())?)));
        let (country, example) = example.unwrap();
        assert_eq!(told(country.as_str(), example), Some(Assurance::Form), "{country}");
        let unknown =
            |country: &str| rules(country, Number::Registration, now()).all(|rule| rule.form == Form::Unknown);
        let country = markets.on(now()).map(|market| market.country).find(|country| unknown(country.as_str())).unwrap();
        assert_eq!(told(country.as_str(), "any text"), Some(Assurance::NoRule), "{country}");
    }

    #[test]
    fn r04_every_market_has_an_answer_and_every_example_passes() {
        let (mut needed, mut judged) = (Vec::new(), 0);
        let markets = markets::Markets::builtin().unwrap().on(now()).map(|market| market.country.as_str());
        // Two of the countries that need a number are no markets at present.
        for country in markets.chain(["BY", "RU"]) {
            for number in [Number::Registration, Number::Tax] {
                let rules: Vec<NumberRule> = rules(country, number, now()).collect();
                assert!(!rules.is_empty(), "{country} has no row");
                for rule in rules.iter().filter(|rule| rule.form != Form::Unknown) {
                    judged += 1;
                    assert!(rule.spelled(rule.example).is_some(), "{country} {}: {}", rule.label, rule.example);
                    assert!(rule.spelled("!").is_none() && !rule.label.is_empty());
                    if let Form::Scheme(scheme) = rule.form {
                        assert!(find(scheme).is_some(), "{scheme}");
                    }
                }
            }
            if is_needed(country, Number::Registration, now()) {
                needed.push(country);
            }
            assert!(!is_needed(country, Number::Tax, now()));
        }
        needed.sort_unstable();
        assert_eq!(needed, NEEDED);
        assert!(judged > 150, "{judged}");
    }

    #[test]
    fn r04_one_of_several_numbers_suffices_and_a_wrong_one_says_what_is_expected() {
        let judge = |country, typed| judge(country, Number::Registration, typed, now());
        for (country, typed, spelled) in [
            ("BR", "16.727.230/0001-97", "16727230000197"),
            ("BR", "16727230000197", "16727230000197"),
            ("PL", "856-734-62-15", "8567346215"),
            ("PL", "192598184", "192598184"),
            ("RU", "7707083893", "7707083893"),
            ("KZ", "1234 5678 9012", "123456789012"),
            ("HU", "12892312-2-41", "12892312241"),
            ("SE", "5560160680", "5560160680"),
            ("UA", "３２８５５９６１", "32855961"),
        ] {
            assert_eq!(judge(country, typed), Verdict::Right(spelled.to_owned()), "{country} {typed}");
        }
        let Verdict::Wrong(said) = judge("PL", "8567346216") else { panic!("a wrong check digit is told") };
        assert_eq!(said, "must be a company's number of PL: NIP such as 8567346215, or REGON such as 192598184");
        assert_eq!(judge("IQ", "anything"), Verdict::Unjudged);
        assert_eq!(judge("GB", "SC123456"), Verdict::Unjudged);
    }
}
