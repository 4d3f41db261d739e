//! How much is known: which rule of each kind every market has, and from where.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::address::{self, Postal};
use super::number::{self, Form, Number};
use super::{mail, phone};

/// What is known of one market.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Known {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// One answer per kind of rule, in the order of [`KINDS`].
    pub rules: Vec<Answer>,
}

/// What is known of one kind of rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The kind.
    pub kind: &'static str,
    /// Whether a rule is known, and which.
    pub rule: &'static str,
    /// Whether the country needs the field.
    pub needed: bool,
    /// From where it is; `none found` where no rule is known.
    pub source: &'static str,
    /// The day from which it holds.
    pub effective_from: &'static str,
    /// The day it was read.
    pub read: &'static str,
}

/// The kinds of rule.
pub const KINDS: [&str; 6] =
    ["address", "postal_code", "administrative_area", "phone", "registration_number", "tax_id"];

/// What is known of every market, by country.
pub fn all(now: DateTime<Utc>) -> Vec<Known> {
    let markets = markets::Markets::builtin().map(|markets| markets.on(now).collect()).unwrap_or_else(|_| Vec::new());
    markets.into_iter().map(|market| of_country(market.country.as_str(), now)).collect()
}

/// The table for people: how many markets have which rule, from which source; and how many domains are listed.
pub fn table(now: DateTime<Utc>) -> String {
    let known = all(now);
    let mut lines = vec!["| kind | rule | markets | source |".to_owned(), "|---|---|---|---|".to_owned()];
    for (at, kind) in KINDS.into_iter().enumerate() {
        let mut counted: Vec<((&str, &str), usize)> = Vec::new();
        for answer in known.iter().filter_map(|known| known.rules.get(at)) {
            match counted.iter_mut().find(|(of, _)| *of == (answer.rule, answer.source)) {
                Some((_, count)) => *count += 1,
                None => counted.push(((answer.rule, answer.source), 1)),
            }
        }
        counted.sort_by_key(|((rule, source), count)| (std::cmp::Reverse(*count), *rule, *source));
        lines.extend(counted.iter().map(|((rule, source), count)| format!("| {kind} | {rule} | {count} | {source} |")));
        let needed = known.iter().filter_map(|known| known.rules.get(at)).filter(|answer| answer.needed).count();
        lines.push(format!("| {kind} | needed | {needed} | of {} markets |", known.len()));
    }
    for (source, read, count) in mail::sources() {
        lines.push(format!("| mail domains | listed | {count} | {source}, read {read} |"));
    }
    lines.join("\n") + "\n"
}

fn of_country(country: &str, now: DateTime<Utc>) -> Known {
    let mut rules = of_address(country, now);
    let plan = phone::calling_code(country).is_some();
    rules.push(Answer {
        kind: KINDS[3],
        rule: if plan { "numbering plan" } else { "no rule known: international form" },
        needed: false,
        source: if plan { phone::ORIGIN.source } else { "none found" },
        effective_from: phone::ORIGIN.from,
        read: phone::ORIGIN.read,
    });
    rules.extend(
        [(KINDS[4], Number::Registration), (KINDS[5], Number::Tax)]
            .map(|(kind, number)| of_number(country, kind, number, now)),
    );
    Known { country: country.to_owned(), rules }
}

fn of_address(country: &str, now: DateTime<Utc>) -> Vec<Answer> {
    let Some(rule) = address::rule(country, now) else { return Vec::new() };
    let answer = |kind, name, needed| Answer {
        kind,
        rule: name,
        needed,
        source: rule.origin.source,
        effective_from: rule.origin.from,
        read: rule.origin.read,
    };
    let fields = if rule.is_own() { "its own fields" } else { "no rule known: street and town, as everywhere" };
    let codes = match rule.postal {
        Postal::Pattern { .. } => "pattern",
        Postal::Used => "used, of any form",
        Postal::Unused => "not used",
        Postal::Unknown => "no rule known",
    };
    let areas = if rule.has_areas { "closed list" } else { "no list known: any text" };
    vec![
        answer(KINDS[0], fields, true),
        answer(KINDS[1], codes, rule.needs("postal_code")),
        answer(KINDS[2], areas, rule.needs("administrative_area")),
    ]
}

fn of_number(country: &str, kind: &'static str, number: Number, now: DateTime<Utc>) -> Answer {
    let rules: Vec<_> = number::rules(country, number, now).collect();
    let best = rules.iter().find(|rule| matches!(rule.form, Form::Scheme(_))).or(rules.first());
    Answer {
        kind,
        rule: match best.map(|rule| rule.form) {
            Some(Form::Scheme(_)) => "scheme of the library",
            Some(Form::Pattern(_)) => "letters and digits",
            Some(Form::Unknown) | None => "no rule known",
        },
        needed: number::is_needed(country, number, now),
        source: best.map_or("", |rule| rule.origin.source),
        effective_from: best.map_or("", |rule| rule.origin.from),
        read: best.map_or("", |rule| rule.origin.read),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::now;

    #[test]
    #[expect(clippy::print_stdout, reason = "the coverage is told")]
    fn r16_every_market_has_an_answer_per_kind_with_source_and_date() {
        let known = all(now());
        assert_eq!(known.len(), 242);
        for country in &known {
            assert_eq!(
                country.rules.iter().map(|answer| answer.kind).collect::<Vec<_>>(),
                KINDS,
                "{}",
                country.country
            );
            for answer in &country.rules {
                let dated = !answer.effective_from.is_empty() && !answer.read.is_empty();
                assert!(!answer.source.is_empty() && dated, "{}: {answer:?}", country.country);
            }
        }
        println!("{}", table(now()));
    }

    #[test]
    fn r16_the_page_tells_the_coverage_that_there_is() {
        let (page, table) = (include_str!("../../../../../docs/country-rules.md"), table(now()));
        assert!(table.lines().count() > KINDS.len());
        assert!(page.contains(&table), "write into docs/country-rules.md what `linkage rules` prints:\n{table}");
    }
}
