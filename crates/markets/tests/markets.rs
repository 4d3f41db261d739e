//! The table that ships, and how a table's changes flip its answers on their day.
#![cfg(test)]

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use markets::{CountryCode, Currency, InvalidCode, Markets, Mismatch, RegionCode};
use proptest::prelude::*;

const HEADER: &str = "country,name,region,currencies,effective_from,effective_to\n";

fn country(code: &str) -> CountryCode {
    code.parse().expect(code)
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect(text)
}

fn noon(text: &str) -> DateTime<Utc> {
    day(text).and_hms_opt(12, 0, 0).expect("a time").and_utc()
}

fn builtin() -> &'static Markets {
    Markets::builtin().expect("the table that ships is right")
}

fn table(rows: &str) -> Markets {
    Markets::from_csv(format!("{HEADER}{rows}").as_bytes()).expect(rows)
}

#[test]
fn has_every_row_of_the_source() {
    let today = noon("2026-01-01");
    assert_eq!(builtin().on(today).count(), 242);
    let mut counts = BTreeMap::new();
    builtin().on(today).for_each(|market| *counts.entry(market.region.as_str()).or_insert(0) += 1);
    let expected = [
        ("AFRICA", 47),
        ("ASIA_PACIFIC", 18),
        ("AUSTRALIA", 21),
        ("BRAZIL", 1),
        ("CANADA", 2),
        ("CHINA", 1),
        ("EUROPE", 45),
        ("INDIA", 1),
        ("JAPAN", 1),
        ("KOREA", 1),
        ("LATAM_CARIBBEAN", 51),
        ("MIDDLE_EAST_CEE", 44),
        ("NEW_ZEALAND", 3),
        ("TAIWAN", 1),
        ("UNITED_STATES", 5),
    ];
    assert_eq!(counts, BTreeMap::from(expected));
    assert_eq!(counts.len(), RegionCode::ALL.len());
}

#[test]
fn invents_no_currency() {
    let unknown: Vec<_> =
        builtin().all().filter(|market| market.currencies.is_empty()).map(|market| market.country.as_str()).collect();
    assert_eq!(unknown, ["BA", "KN", "MK", "PS", "VA"]);
    let brazil = builtin().market(country("BR"), noon("2026-01-01")).expect("a market");
    assert_eq!(brazil.currencies.iter().map(Currency::to_string).collect::<Vec<_>>(), ["USD", "BRL"]);
}

#[test]
fn some_countries_are_no_market() {
    let on = noon("2026-01-01");
    let absent: Vec<_> = CountryCode::all()
        .filter(|country| builtin().market(*country, on).is_none())
        .map(CountryCode::as_str)
        .collect();
    assert_eq!(absent, ["BY", "CU", "EH", "IR", "KP", "RU", "SD", "SY"]);
    assert_eq!(builtin().same_region(country("SE"), country("RU"), on), Err(Mismatch::NotAMarket(country("RU"))));
    assert_eq!(builtin().may_sell(country("RU"), country("SE"), on), Err(Mismatch::NotAMarket(country("RU"))));
}

#[test]
fn partners_link_and_sell_only_within_their_region() {
    let on = noon("2026-01-01");
    for (a, b) in [("SE", "NO"), ("SE", "FI"), ("FI", "DE"), ("FR", "DE"), ("SE", "SE"), ("US", "GU")] {
        builtin().same_region(country(a), country(b), on).unwrap_or_else(|error| panic!("{a} {b}: {error}"));
    }
    assert_eq!(builtin().same_region(country("SE"), country("NO"), on), Ok(RegionCode::Europe));
    let sold = builtin().may_sell(country("DE"), country("SE"), on).expect("one region");
    assert_eq!((sold.country, sold.currencies.clone()), (country("SE"), vec!["SEK".parse().expect("a currency")]));
    let refused = builtin().may_sell(country("US"), country("GB"), on).expect_err("two regions");
    assert_eq!(refused.to_string(), "US is in region UNITED_STATES, GB in EUROPE");
}

#[test]
fn nothing_is_a_market_before_its_day() {
    let last_instant =
        day("2023-08-01").and_hms_opt(0, 0, 0).expect("a time").and_utc() - chrono::Duration::microseconds(1);
    assert_eq!(builtin().on(last_instant).count(), 0);
    assert_eq!(builtin().on(noon("2023-08-01")).count(), 242);
}

#[test]
fn a_change_flips_the_answer_on_its_day() {
    let moved = table(
        "BY,Belarus,EUROPE,EUR,2024-01-01,\nBY,Belarus,MIDDLE_EAST_CEE,USD,2021-01-01,2023-08-01\nPL,Poland,EUROPE,EUR,2021-01-01,\n",
    );
    let (by, pl) = (country("BY"), country("PL"));
    let region = |on| moved.region_of(by, noon(on));
    assert_eq!(region("2020-12-31"), None);
    assert_eq!(region("2023-07-31"), Some(RegionCode::MiddleEastCee));
    assert_eq!(region("2023-08-01"), None);
    assert_eq!(region("2024-01-01"), Some(RegionCode::Europe));
    assert!(moved.same_region(by, pl, noon("2023-07-31")).is_err());
    assert!(moved.same_region(by, pl, noon("2024-01-01")).is_ok());

    let changes = moved.changes_after(day("2021-01-01"));
    let seen: Vec<_> =
        changes.iter().map(|c| (c.day, c.country, c.before.map(|m| m.region), c.after.map(|m| m.region))).collect();
    assert_eq!(
        seen,
        [
            (day("2023-08-01"), by, Some(RegionCode::MiddleEastCee), None),
            (day("2024-01-01"), by, None, Some(RegionCode::Europe)),
        ]
    );
}

#[test]
fn a_wrong_table_is_refused_with_its_row() {
    for (rows, expected) in [
        ("SE,Sweden,EUROPE,SEK,2023-01-01,\nSE,Sweden,EUROPE,EUR,2024-01-01,\n", "two rows of SE hold on the same day"),
        ("SE,Sweden,EUROPE,SEK,2023-01-01,2024-01-02\nSE,Sweden,EUROPE,EUR,2024-01-01,\n", "two rows of SE"),
        ("SE,Sweden,EUROPE,SEK,2023-01-01,2023-01-01\n", "row 1: SE ends before it begins"),
        ("SE,Sweden,EUROPE,SEK,2023-01-01,\nZZ,Nowhere,EUROPE,SEK,2023-01-01,\n", "row 2: country \"ZZ\""),
        ("SE,Sweden,ATLANTIS,SEK,2023-01-01,\n", "region \"ATLANTIS\""),
        ("SE,Sweden,EUROPE,kr,2023-01-01,\n", "\"kr\": not an ISO 4217"),
        ("SE,Sweden,EUROPE,SEK,soon,\n", "row 1"),
        ("SE,Sweden,EUROPE\n", "row 1"),
    ] {
        let error = Markets::from_csv(format!("{HEADER}{rows}").as_bytes()).expect_err(rows).to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn codes_are_checked() {
    for text in ["", "se", "S", "SEK", "ZZ", "S E"] {
        assert_eq!(text.parse::<CountryCode>(), Err(InvalidCode::Country), "{text}");
    }
    for text in ["", "sek", "SE", "SEKK", "S€"] {
        assert_eq!(text.parse::<Currency>(), Err(InvalidCode::Currency), "{text}");
    }
    assert_eq!("EUROPE".parse(), Ok(RegionCode::Europe));
    assert!("europe".parse::<RegionCode>().is_err());
}

proptest! {
    #[test]
    fn one_answer_per_country_and_day(offset in 0u64..4000, at in 0usize..250) {
        let on = noon("2020-01-01") + Days::new(offset);
        let asked = CountryCode::all().nth(at).expect("one of 250");
        prop_assert!(builtin().all().filter(|market| market.country == asked && market.holds(on)).count() <= 1);
    }

    #[test]
    fn linking_is_mutual(a in 0usize..250, b in 0usize..250) {
        let [a, b] = [a, b].map(|at| CountryCode::all().nth(at).expect("one of 250"));
        let on = noon("2026-01-01");
        prop_assert_eq!(builtin().same_region(a, b, on).ok(), builtin().same_region(b, a, on).ok());
    }
}
