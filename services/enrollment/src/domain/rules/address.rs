//! What an address of a country needs, and how its postal codes and areas are written.

use chrono::{DateTime, Utc};
use regex_lite::Regex;

use super::Origin;
use super::spelling::{bare, folded, upper};
use super::table::{holds, of};

const ADDRESSES: &str = include_str!("../../../data/countries/address.tsv");
const AREAS: &str = include_str!("../../../data/countries/areas.tsv");

/// The rules of a country's addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AddressRule {
    country: &'static str,
    needed: &'static str,
    pub(crate) postal: Postal,
    pub(crate) has_areas: bool,
    pub(crate) origin: Origin,
}

/// What is known of postal codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Postal {
    /// They look like this; the examples are parted by commas.
    Pattern { pattern: &'static str, examples: &'static str, prefix: &'static str },
    /// Addresses have one, of whatever form.
    Used,
    /// Addresses have none.
    Unused,
    /// No rule is known.
    Unknown,
}

/// An area of a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Area {
    /// The one spelling.
    pub(crate) key: &'static str,
    pub(crate) name: &'static str,
    pub(crate) latin: &'static str,
    iso: &'static str,
}

/// The rule in force for this country.
pub(crate) fn rule(country: &str, now: DateTime<Utc>) -> Option<AddressRule> {
    of(ADDRESSES, country).find(|row: &[&str; 11]| holds(row[7], row[8], now)).map(
        |[country, needed, postal, pattern, examples, prefix, areas, from, _, source, read]| AddressRule {
            country,
            needed,
            postal: match postal {
                "pattern" => Postal::Pattern { pattern, examples, prefix },
                "used" => Postal::Used,
                "unused" => Postal::Unused,
                _ => Postal::Unknown,
            },
            has_areas: areas == "closed",
            origin: Origin { source, from, read },
        },
    )
}

impl AddressRule {
    /// Whether an address can't do without this field.
    pub(crate) fn needs(&self, field: &str) -> bool {
        self.needed.split('+').any(|needed| needed == field)
    }

    /// Whether the country's own rule is known, instead of what holds everywhere.
    pub(crate) fn is_own(&self) -> bool {
        !self.origin.source.ends_with("(ZZ)")
    }

    /// The one spelling of a postal code; what is expected where it is none.
    pub(crate) fn postal_code(&self, typed: &str) -> Result<String, String> {
        let Postal::Pattern { pattern, examples, prefix } = self.postal else { return Ok(upper(typed)) };
        let expected = || format!("must be a postal code of {}, such as {}", self.country, first(examples));
        let typed = upper(typed);
        let parts = |c: char| c.is_alphanumeric() || " -.〒".contains(c);
        let form = Regex::new(&format!("^(?:{pattern})$")).ok().filter(|_| typed.chars().all(parts));
        let form = form.ok_or_else(expected)?;
        let letters = bare(&typed);
        // In some countries the prefix is part of the code, in others only of how mail from abroad is addressed.
        let without = letters.strip_prefix(&bare(prefix)).unwrap_or(&letters);
        let laid = |letters: &str| {
            let shapes = examples.split(',').filter(|example| bare(example).len() == letters.len());
            shapes.map(|example| laid_on(letters, example)).find(|spelled| form.is_match(spelled))
        };
        laid(&letters)
            .or_else(|| laid(without))
            .or(Some(typed).filter(|typed| form.is_match(typed)))
            .ok_or_else(expected)
    }

    /// The areas of its closed list.
    pub(crate) fn areas(&self, now: DateTime<Utc>) -> impl Iterator<Item = Area> {
        let rows = of(AREAS, if self.has_areas { self.country } else { "" });
        rows.filter(move |row: &[&str; 9]| holds(row[5], row[6], now)).map(|[_, key, name, latin, iso, ..]| Area {
            key,
            name,
            latin,
            iso,
        })
    }

    /// The one spelling of an area; what is expected where it is none of the list.
    pub(crate) fn area(&self, typed: &str, now: DateTime<Utc>) -> Result<String, String> {
        if !self.has_areas {
            return Ok(typed.to_owned());
        }
        let wanted = folded(typed);
        let is_it = |area: &Area| {
            let spellings = [area.key, area.name, area.latin, area.iso];
            spellings.iter().any(|spelling| !spelling.is_empty() && folded(spelling) == wanted)
        };
        match self.areas(now).find(is_it) {
            Some(area) => Ok(area.key.to_owned()),
            None => {
                let some: Vec<&str> = self.areas(now).take(3).map(|area| area.shown()).collect();
                let count = self.areas(now).count();
                Err(format!("must be one of the {count} areas of {}, such as {}", self.country, some.join(", ")))
            }
        }
    }
}

impl Area {
    /// How it is shown to who may not read its own script.
    pub(crate) fn shown(&self) -> &'static str {
        if self.latin.is_empty() { self.key } else { self.latin }
    }
}

/// The first of several examples.
pub(crate) fn first(examples: &'static str) -> &'static str {
    examples.split(',').next().unwrap_or_default()
}

/// Letters and digits with the separators of an example that has as many.
fn laid_on(letters: &str, example: &str) -> String {
    let mut letters = letters.chars();
    example.chars().filter_map(|c| if c.is_alphanumeric() { letters.next() } else { Some(c) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::now;

    fn of_country(country: &str) -> AddressRule {
        rule(country, now()).expect(country)
    }

    #[test]
    fn r04_every_market_has_a_rule_whose_examples_are_right() {
        let (mut examples, mut markets) = (0, 0);
        for market in markets::Markets::builtin().unwrap().on(now()) {
            let rule = of_country(market.country.as_str());
            markets += 1;
            assert!(rule.needs("address_lines"), "{}", market.country);
            if let Postal::Pattern { examples: all, .. } = rule.postal {
                for example in all.split(',') {
                    examples += 1;
                    let spelled = rule.postal_code(example).unwrap_or_else(|wrong| panic!("{example}: {wrong}"));
                    assert_eq!(rule.postal_code(&spelled).as_deref(), Ok(spelled.as_str()), "one spelling");
                    assert_eq!(rule.postal_code(&example.to_lowercase()).as_deref(), Ok(spelled.as_str()));
                    assert!(rule.postal_code(&format!("{example}!9")).is_err(), "{example}");
                }
                assert!(rule.postal_code("???").is_err() && !first(all).is_empty(), "{}", market.country);
            }
            let areas: Vec<Area> = rule.areas(now()).collect();
            assert_eq!(rule.has_areas, !areas.is_empty(), "{}", market.country);
            for area in &areas {
                for spelling in [area.key, area.name, area.latin].into_iter().filter(|spelling| !spelling.is_empty()) {
                    assert_eq!(rule.area(spelling, now()).as_deref(), Ok(area.key), "{} {spelling}", market.country);
                }
            }
        }
        assert!(markets == 242 && examples > 400, "{markets} markets, {examples} examples");
    }

    #[test]
    fn r04_spellings_of_one_postal_code() {
        for (country, typed, spelled) in [
            ("SE", "111 29", "11129"),
            ("SE", "SE-11129", "11129"),
            ("PL", "00950", "00-950"),
            ("GB", "ec1y8sy", "EC1Y 8SY"),
            ("CA", "h3z 2y7", "H3Z 2Y7"),
            ("CA", "H3Z2Y7", "H3Z 2Y7"),
            ("JP", "〒１５４－００２３", "154-0023"),
            ("NL", "1234ab", "1234 AB"),
            ("US", "221621010", "22162-1010"),
            ("HK", "anything", "ANYTHING"),
        ] {
            assert_eq!(of_country(country).postal_code(typed).as_deref(), Ok(spelled), "{country} {typed}");
        }
        let wrong = of_country("DE").postal_code("5066");
        assert_eq!(wrong, Err("must be a postal code of DE, such as 26133".to_owned()));
    }

    #[test]
    fn r04_areas_are_known_by_code_and_name_in_each_script() {
        for (country, typed, key) in [
            ("US", "il", "IL"),
            ("US", "Illinois", "IL"),
            ("JP", "Tokyo", "東京都"),
            ("JP", "東京都", "東京都"),
            ("CA", "quebec", "QC"),
            ("SE", "Stockholms län", "Stockholms län"),
        ] {
            assert_eq!(of_country(country).area(typed, now()).as_deref(), Ok(key), "{country} {typed}");
        }
        let wrong = of_country("US").area("Ontario", now());
        assert_eq!(wrong, Err("must be one of the 62 areas of US, such as AL, AK, AS".to_owned()));
        assert!(!of_country("HK").needs("locality") && of_country("US").needs("administrative_area"));
    }
}
