//! One e-mail address: kept as it was given, compared in lower case, shown in part.

use std::fmt;

use email_address::{EmailAddress, Options};

/// As many characters as a path of SMTP allows.
const LONGEST: usize = 254;

/// One e-mail address, without display name.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Address(String);

/// Not one e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one e-mail address of at most 254 characters")]
pub(crate) struct InvalidAddress;

impl Address {
    /// Reads exactly one address.
    pub(crate) fn parse(text: &str) -> Result<Address, InvalidAddress> {
        let options = Options::default().without_display_text().without_domain_literal();
        // A quoted local part may hold blanks, commas and brackets, with which one address reads as two.
        let odd = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '"' | '<' | '>' | ',' | ';' | '\\');
        if text.chars().count() > LONGEST || text.contains(odd) {
            return Err(InvalidAddress);
        }
        let address = EmailAddress::parse_with_options(text, options).map_err(|_| InvalidAddress)?;
        // What the grammar of mail allows in a domain, no name of a host has.
        let host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-') || !c.is_ascii();
        if !address.domain().chars().all(host) {
            return Err(InvalidAddress);
        }
        Ok(Address(text.to_owned()))
    }

    /// As it was given.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The mailbox it leads to: two spellings that differ in case are one.
    pub(crate) fn mailbox(&self) -> String {
        self.0.to_lowercase()
    }

    /// What follows the last `@`, in lower case.
    pub(crate) fn domain(&self) -> String {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain).to_lowercase()
    }

    /// What may stand in logs and in the journal.
    pub(crate) fn masked(&self) -> String {
        let mailbox = self.mailbox();
        let mut letters = mailbox.rsplit_once('@').map_or("", |(local, _)| local).chars();
        let shown = letters.next().filter(|_| letters.next().is_some()).map(String::from).unwrap_or_default();
        format!("{shown}***@{}", self.domain())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_and_nothing_beside_it() {
        for good in ["ada@example.com", "a/b+tag@sub.example.se", "åsa@exempel.se"] {
            assert_eq!(Address::parse(good).unwrap().as_str(), good);
        }
        let long = format!("{}@example.com", "a".repeat(250));
        let bad = [
            "",
            "ada",
            "@example.com",
            "ada@",
            "a@x.se, b@x.se",
            "a@x.se;b@x.se",
            "Ada <a@x.se>",
            "\"a b\"@x.se",
            "a@[1.2.3.4]",
            "a@x.se/more",
            "a@x.se\r\nBcc: b@x.se",
            "a@x.se\n",
            long.as_str(),
        ];
        for bad in bad {
            assert_eq!(Address::parse(bad), Err(InvalidAddress), "{bad:?}");
        }
    }

    #[test]
    fn a_mask_shows_no_more_than_the_first_letter() {
        let masked = |text| Address::parse(text).unwrap().masked();
        assert_eq!(masked("Ada@Example.com"), "a***@example.com");
        assert_eq!(masked("a@example.com"), "***@example.com");
        assert_eq!(format!("{:?}", Address::parse("ada@example.com").unwrap()), "a***@example.com");
    }
}
