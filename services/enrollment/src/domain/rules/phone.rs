//! Telephone numbers, by the numbering plans of the world.

use rlibphonenumber::enums::{NumberLengthType, PhoneNumberFormat, Region};
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber};

use super::Origin;

/// Where the numbering plans come from.
pub(crate) const ORIGIN: Origin =
    Origin { source: "libphonenumber 9.0.42 by rlibphonenumber 2.2.15", from: "2000-01-01", read: "2026-11-22" };

/// A number that can be dialled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dialled {
    /// In E.164 form.
    pub(crate) e164: String,
    /// Whether its range is known to be in use.
    pub(crate) is_assigned: bool,
}

/// Reads a number written as in this country, or for abroad; what is expected where it is none.
pub(crate) fn dial(typed: &str, country: &str) -> Result<Dialled, String> {
    let region = country.parse::<Region>().ok();
    // What can be dialled within its own town alone is no number for everybody.
    let is_whole = |number: &PhoneNumber| matches!(number.is_possible_with_reason(), Ok(NumberLengthType::IsPossible));
    let number = PHONE_NUMBER_UTIL.parse(typed, region).ok().filter(is_whole);
    let Some(number) = number else {
        return Err(match example(country) {
            Some(example) => {
                format!("must be a telephone number of {country} or an international one, such as {example}")
            }
            None => "must be an international telephone number, such as +46 8 123 456 78".to_owned(),
        });
    };
    Ok(Dialled { e164: number.format_as(PhoneNumberFormat::E164).into_owned(), is_assigned: number.is_valid() })
}

/// A number of this country as it is written for abroad; none where it has no numbering plan of its own.
pub(crate) fn example(country: &str) -> Option<String> {
    let region = country.parse::<Region>().ok()?;
    PHONE_NUMBER_UTIL.get_country_code_for_region(region)?;
    let number = PHONE_NUMBER_UTIL.get_example_number(region).ok()?;
    Some(number.format_as(PhoneNumberFormat::International).into_owned())
}

/// The calling code of a country.
pub(crate) fn calling_code(country: &str) -> Option<i32> {
    PHONE_NUMBER_UTIL.get_country_code_for_region(country.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::now;

    #[test]
    fn r04_a_number_is_read_as_its_country_writes_it() {
        for (typed, country, e164) in [
            ("08-123 456 78", "SE", "+46812345678"),
            ("+46 8 123 456 78", "DE", "+46812345678"),
            ("0046 8 12345678", "SE", "+46812345678"),
            ("(312) 555-0123", "US", "+13125550123"),
            ("＋８１ ３ １２３４ ５６７８", "SE", "+81312345678"),
            ("+46812345678", "BV", "+46812345678"),
        ] {
            assert_eq!(dial(typed, country).map(|dialled| dialled.e164).as_deref(), Ok(e164), "{typed} {country}");
        }
        for (typed, country) in
            [("112", "SE"), ("12", "BV"), ("+46", "SE"), ("555-0123", "US"), ("+999 123 456", "SE"), ("", "SE")]
        {
            assert!(dial(typed, country).is_err(), "{typed} {country}");
        }
        assert!(dial("112", "SE").unwrap_err().contains("+46"));
    }

    #[test]
    fn r04_every_example_is_right() {
        let mut plans = 0;
        for market in markets::Markets::builtin().unwrap().on(now()) {
            let country = market.country.as_str();
            let Some(example) = example(country) else { continue };
            plans += 1;
            assert!(dial(&example, country).is_ok_and(|dialled| dialled.is_assigned), "{country} {example}");
            assert!(calling_code(country).is_some());
        }
        assert!(plans > 230, "{plans}");
    }
}
