//! One e-mail address, and what its domain says of it.

use std::fmt;

use chrono::{DateTime, Utc};
use email_address::{EmailAddress, Options};

use super::rules;

const LONGEST: usize = 254;

/// One syntactically right address, in lower case, its domain in ASCII.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Email(String);

/// Not one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one e-mail address, such as ada@example.com, of at most 254 characters")]
pub(crate) struct InvalidEmail;

impl Email {
    /// Reads exactly one address: no name, no list, no quoting, no line break.
    pub(crate) fn parse(text: &str) -> Result<Email, InvalidEmail> {
        let forbidden = |c: char| c.is_control() || c.is_whitespace() || "\"(),:;<>[]\\".contains(c);
        if text.chars().any(forbidden) {
            return Err(InvalidEmail);
        }
        let options = Options::default().with_required_tld().without_display_text().without_domain_literal();
        let address = EmailAddress::parse_with_options(text, options).map_err(|_| InvalidEmail)?;
        let domain = ascii(address.domain()).ok_or(InvalidEmail)?;
        registrable(&domain).ok_or(InvalidEmail)?;
        let normal = format!("{}@{domain}", address.local_part().to_lowercase());
        if normal.chars().count() > LONGEST { Err(InvalidEmail) } else { Ok(Email(normal)) }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The registrable domain: what an organization can own.
    pub(crate) fn registrable_domain(&self) -> Option<String> {
        registrable(self.parts().1)
    }

    /// The web-mail provider at which it is, if any.
    pub(crate) fn webmail(&self, now: DateTime<Utc>) -> Option<&'static str> {
        rules::webmail(&self.registrable_domain()?, now)
    }

    /// Whether it is a role's instead of a person's.
    pub(crate) fn is_role(&self, now: DateTime<Utc>) -> bool {
        rules::is_role(self.parts().0, now)
    }

    fn parts(&self) -> (&str, &str) {
        self.0.rsplit_once('@').unwrap_or((&self.0, ""))
    }
}

impl fmt::Display for Email {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// The domain under which somebody can register, in lower-case ASCII; none for a public suffix or no domain at all.
pub(crate) fn registrable(domain: &str) -> Option<String> {
    psl::domain_str(&ascii(domain)?).map(str::to_owned)
}

fn ascii(domain: &str) -> Option<String> {
    idna::domain_to_ascii_strict(domain).ok().filter(|domain| domain.contains('.') && !domain.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-01-01T00:00:00Z".parse().expect("a time")
    }

    #[test]
    fn one_address_and_nothing_else() {
        for good in ["ada@example.com", "Ada.Lovelace+x@Mail.Example.SE", "björn@bücher.example", "a@b.co.uk"] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "ada",
            "ada@localhost",
            "ada@com",
            "ada@co.uk",
            "ada@example.com\r\nBcc: eve@example.com",
            "ada@example.com\n",
            "ada@example.com,eve@example.com",
            "ada@example.com;eve@example.com",
            "ada@example.com eve@example.com",
            "ada@eve@example.com",
            "Ada <ada@example.com>",
            "<ada@example.com>",
            "\"ada eve\"@example.com",
            "ada@[127.0.0.1]",
            "ada@-example.com",
        ] {
            assert!(Email::parse(bad).is_err(), "{bad:?}");
        }
        let long = format!("{}@example.com", "a".repeat(64));
        assert!(Email::parse(&long).is_ok());
        assert!(Email::parse(&format!("a@{}.com", "b.".repeat(130))).is_err());
    }

    #[test]
    fn one_spelling() {
        let email = Email::parse("Ada@Mail.BÜCHER.example").expect("an address");
        assert_eq!(email.as_str(), "ada@mail.xn--bcher-kva.example");
        assert_eq!(email.registrable_domain().as_deref(), Some("xn--bcher-kva.example"));
        assert_eq!(registrable("Shop.Example.CO.UK").as_deref(), Some("example.co.uk"));
        assert_eq!(registrable("co.uk"), None);
    }

    #[test]
    fn r06_webmail_families_are_known() {
        for webmail in [
            "a@gmail.com",
            "a@GOOGLEMAIL.com",
            "a@yahoo.co.uk",
            "a@yahoo.se",
            "a@x.yahoo.com",
            "a@ymail.com",
            "a@rocketmail.com",
            "a@icloud.com",
            "a@me.com",
            "a@mac.com",
            "a@aol.de",
            "a@outlook.com",
            "a@hotmail.se",
            "a@live.com",
            "a@msn.com",
        ] {
            assert!(Email::parse(webmail).expect(webmail).webmail(now()).is_some(), "{webmail}");
        }
        for company in ["a@nordwind.example", "a@gmail.nordwind.example", "a@notgmail.com", "a@some.com"] {
            assert!(Email::parse(company).expect(company).webmail(now()).is_none(), "{company}");
        }
    }

    #[test]
    fn r06_role_addresses_are_known() {
        for role in ["info@example.com", "Admin@example.com", "marketing+se@example.com"] {
            assert!(Email::parse(role).expect(role).is_role(now()), "{role}");
        }
        assert!(!Email::parse("ingrid@example.com").expect("an address").is_role(now()));
    }

    proptest! {
        #[test]
        fn what_is_read_is_read_again(text in "\\PC{0,40}@\\PC{0,40}") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email.clone()));
                prop_assert_eq!(email.as_str().matches('@').count(), 1);
            }
        }
    }
}
