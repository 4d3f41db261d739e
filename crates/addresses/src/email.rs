//! One e-mail address, what its domain says of it, and what of it may be shown.

use std::fmt;
use std::str::FromStr;

use email_address::EmailAddress;
use unicode_properties::{GeneralCategoryGroup as Group, UnicodeGeneralCategory};

use crate::domain::{ascii, under_suffix};

/// As many octets as a path of SMTP allows.
const LONGEST: usize = 254;

/// One address in lower case, its domain in ASCII. Only its hint is written into logs.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

/// Not one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one e-mail address, such as ada@example.com, of at most 254 octets")]
pub struct InvalidEmail;

impl Email {
    /// Reads exactly one address: no name, no list, no quoting, no blank, no line break.
    pub fn parse(text: &str) -> Result<Email, InvalidEmail> {
        // A quoted local part may hold what makes one address read as two.
        let unseen = |c: char| matches!(c.general_category_group(), Group::Other | Group::Separator);
        let odd = |c: char| unseen(c) || "\"(),:;<>[]\\".contains(c);
        let (local, domain) = text.rsplit_once('@').filter(|_| !text.contains(odd)).ok_or(InvalidEmail)?;
        let domain = ascii(domain).filter(|domain| under_suffix(domain).is_some()).ok_or(InvalidEmail)?;
        // Judged as it is kept: in lower case and ASCII a text can be longer than it was given.
        let spelled = format!("{}@{domain}", local.to_lowercase());
        if spelled.len() <= LONGEST && EmailAddress::is_valid(&spelled) {
            Ok(Email(spelled))
        } else {
            Err(InvalidEmail)
        }
    }

    /// Its one spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the `@`.
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// What follows the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// The registrable part of its domain: what an organization can own.
    pub fn registrable_domain(&self) -> &str {
        under_suffix(self.domain()).unwrap_or(self.domain())
    }

    /// Whose mailbox it is, whatever tag it has: `ada+x@example.com` is `ada@example.com`.
    pub fn mailbox(&self) -> String {
        let local = self.local();
        // Where nothing stands before the tag, the tag is the name.
        let untagged = local.split('+').next().map(|name| name.trim_end_matches('.')).filter(|name| !name.is_empty());
        format!("{}@{}", untagged.unwrap_or(local), self.domain())
    }

    /// What others may see of it: no more than the first letter, and the domain.
    pub fn hint(&self) -> String {
        let mut letters = self.local().chars();
        // A single letter would be all of it.
        let first = letters.next().filter(|_| letters.next().is_some()).map(String::from).unwrap_or_default();
        format!("{first}***@{}", self.domain())
    }
}

impl FromStr for Email {
    type Err = InvalidEmail;

    fn from_str(text: &str) -> Result<Email, InvalidEmail> {
        Email::parse(text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> String {
        email.0
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.hint())
    }
}

#[cfg(test)]
mod tests;
