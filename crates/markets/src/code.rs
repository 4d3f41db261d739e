//! Codes of countries and currencies: upper-case letters, checked once where they enter.

use std::{fmt, str::FromStr};

use crate::country::ASSIGNED;

/// A country by its ISO 3166-1 alpha-2 code (and `XK`), whether or not it is a market.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CountryCode(&'static str);

/// A currency by its ISO 4217 code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// Not a code of its standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCode {
    /// Not an assigned country code.
    #[error("not an ISO 3166-1 alpha-2 country code in upper case")]
    Country,
    /// Not three upper-case letters.
    #[error("not an ISO 4217 currency code in upper case")]
    Currency,
}

impl CountryCode {
    /// Every assigned code, in order.
    pub fn all() -> impl Iterator<Item = CountryCode> {
        ASSIGNED.iter().copied().map(CountryCode)
    }

    /// The two letters.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl FromStr for CountryCode {
    type Err = InvalidCode;

    fn from_str(text: &str) -> Result<Self, InvalidCode> {
        ASSIGNED.binary_search(&text).map(|at| Self(ASSIGNED[at])).map_err(|_| InvalidCode::Country)
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.0)
    }
}

impl FromStr for Currency {
    type Err = InvalidCode;

    fn from_str(text: &str) -> Result<Self, InvalidCode> {
        let letters: [u8; 3] = text.as_bytes().try_into().map_err(|_| InvalidCode::Currency)?;
        letters.iter().all(u8::is_ascii_uppercase).then_some(Self(letters)).ok_or(InvalidCode::Currency)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|letter| write!(out, "{}", char::from(*letter)))
    }
}
