//! Values that several requests carry.

use std::fmt::Display;

use runtime::Violations;
use wire::types::PostalAddress;

use crate::domain::contact::Address;

/// Text that may be empty, and is parsed where it is not.
pub(super) fn given<T: Default, E: Display>(
    v: &mut Violations,
    field: &str,
    value: &str,
    parse: impl Fn(&str) -> Result<T, E>,
) -> T {
    if value.is_empty() { T::default() } else { v.check(field, parse(value)).unwrap_or_default() }
}

/// Optional text, trimmed.
pub(super) fn text(v: &mut Violations, field: &str, value: &str, most: usize) -> String {
    v.optional_text(field, value, most).flatten().unwrap_or_default()
}

/// The street lines of an address.
pub(super) fn lines(v: &mut Violations, field: &str, lines: &[String]) -> Vec<String> {
    if lines.len() > 3 {
        v.add(field, "at most 3 lines");
        return Vec::new();
    }
    lines.iter().filter_map(|line| v.text(field, line, 1..=200)).collect()
}

/// A country's code.
pub(super) fn country(code: &str) -> Result<String, markets::InvalidCode> {
    code.parse::<markets::CountryCode>().map(|country| country.to_string())
}

/// A whole legal address.
pub(super) fn address(v: &mut Violations, field: &str, address: Option<&PostalAddress>) -> Address {
    let Some(address) = address else {
        v.add(field, "is required");
        return Address::default();
    };
    let at = |part: &str| format!("{field}.{part}");
    if address.region_code.is_empty() {
        v.add(at("region_code"), "is required");
    }
    if address.address_lines.is_empty() {
        v.add(at("address_lines"), "is required");
    }
    Address {
        country: given(v, &at("region_code"), &address.region_code, country),
        postal_code: text(v, &at("postal_code"), &address.postal_code, 16),
        administrative_area: text(v, &at("administrative_area"), &address.administrative_area, 80),
        locality: v.text(&at("locality"), &address.locality, 1..=80).unwrap_or_default(),
        lines: lines(v, &at("address_lines"), &address.address_lines),
    }
}
