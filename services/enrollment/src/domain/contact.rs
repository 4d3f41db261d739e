//! Addresses and people as a profile holds them: an empty field is one not given yet, what is given is right.

use serde::{Deserialize, Serialize};
use unicode_properties::{GeneralCategoryGroup as Group, UnicodeGeneralCategory};

/// A postal address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Address {
    pub(crate) country: String,
    pub(crate) postal_code: String,
    pub(crate) administrative_area: String,
    pub(crate) locality: String,
    pub(crate) lines: Vec<String>,
}

/// A person who can be reached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Contact {
    pub(crate) given_name: String,
    pub(crate) family_name: String,
    pub(crate) email: String,
    pub(crate) phone: String,
}

impl Contact {
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name).trim().to_owned()
    }
}

/// Why a text is not what its field asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Malformed {
    #[error("must be a telephone number of digits and separators, such as +46 8 123 456 78, without extension")]
    Phone,
    #[error("must be an https address, such as https://example.com/support")]
    Website,
    #[error("must be a company's name, with letters or digits beside its legal form")]
    CompanyName,
}

/// What may be a telephone number: which one it is depends on the country, and is judged later.
pub(crate) fn phone(text: &str) -> Result<String, Malformed> {
    let separator = |c: char| "+＋()-./ ".contains(c);
    let clean = text.chars().all(|c| c.is_numeric() || separator(c)) && text.chars().any(char::is_numeric);
    if clean && text.chars().count() <= 40 { Ok(text.to_owned()) } else { Err(Malformed::Phone) }
}

/// A page that anyone can open: https, a real host, no user in it.
pub(crate) fn website(text: &str) -> Result<String, Malformed> {
    let rest = text.strip_prefix("https://").ok_or(Malformed::Website)?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
    let unseen = |c: char| matches!(c.general_category_group(), Group::Other | Group::Separator);
    let clean = !text.chars().any(|c| unseen(c) || "\"<>\\^`{|}".contains(c));
    let known = addresses::registrable(host).is_some() && port.parse::<u16>().is_ok_and(|port| port > 0);
    if clean && known { Ok(text.to_owned()) } else { Err(Malformed::Website) }
}

/// A company's name: something beside punctuation and a legal form.
pub(crate) fn company_name(text: String) -> Result<String, Malformed> {
    if super::rules::name::is_none(&text) { Err(Malformed::CompanyName) } else { Ok(text) }
}

/// What two spellings of a registration number share.
pub(crate) fn registration_key(number: &str) -> String {
    number.chars().map(super::identity::narrow).filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_is_given_of_it() {
        let contact = |given: &str, family: &str| Contact {
            given_name: given.to_owned(),
            family_name: family.to_owned(),
            ..Contact::default()
        };
        assert_eq!(contact("Ada", "Ek").name(), "Ada Ek");
        assert_eq!(contact("", "Ek").name(), "Ek");
    }

    #[test]
    fn telephone_numbers() {
        for good in ["+46812345678", "08-123 456 78", "(312) 555-0123", "＋４６８１２３"] {
            assert!(phone(good).is_ok(), "{good}");
        }
        let long = "1".repeat(41);
        for bad in ["", "call me", "+46 8 123 ext 5", "+46;ext=5", "-", "+", "1800FLOWERS", &long] {
            assert_eq!(phone(bad), Err(Malformed::Phone), "{bad}");
        }
    }

    #[test]
    fn websites() {
        for good in ["https://example.com", "https://support.example.com:8443/a?b#c", "https://bücher.example/"] {
            assert!(website(good).is_ok(), "{good}");
        }
        for bad in [
            "http://example.com",
            "https://",
            "https://localhost/",
            "https://u:p@example.com/",
            "https://a b.se",
            "https://example.com/a b",
            "https://example.com/\u{7f}",
            "https://example.com/<",
            "https://example.com:0/",
        ] {
            assert_eq!(website(bad), Err(Malformed::Website), "{bad}");
        }
    }

    #[test]
    fn names_and_numbers() {
        assert!(company_name("GmbH".to_owned()).is_err() && company_name("---".to_owned()).is_err());
        assert_eq!(registration_key("55 6677-8899x"), "5566778899X");
        assert_eq!(registration_key("５５６６７７ー８８９９"), registration_key("556677ー8899"));
    }
}
