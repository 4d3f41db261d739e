//! An organization: the one kind of party there is.

use chrono::{DateTime, Utc};
use ids::OrganizationId;
use markets::{CountryCode, Markets, RegionCode};

/// A company, with its users and roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Organization {
    pub(crate) id: OrganizationId,
    pub(crate) display_name: String,
    pub(crate) country: CountryCode,
    pub(crate) language: String,
    pub(crate) mail: Mailbox,
    pub(crate) operator: bool,
    pub(crate) version: i64,
    pub(crate) created: DateTime<Utc>,
    pub(crate) updated: DateTime<Utc>,
}

/// Where an organization's mail goes: its creator's address until it has submitted an enrollment, then its primary contact's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mailbox {
    pub(crate) address: String,
    pub(crate) language: String,
}

impl Organization {
    /// Directs its mail elsewhere; whether that changes anything.
    pub(crate) fn redirect(&mut self, mail: Mailbox, now: DateTime<Utc>) -> bool {
        let differs = self.mail != mail;
        if differs {
            self.mail = mail;
            self.updated = now;
        }
        differs
    }

    /// The programme region it is in.
    pub(crate) fn region(&self, now: DateTime<Utc>) -> Option<RegionCode> {
        region(self.country, now)
    }
}

/// The programme region of a country; none where the programme has no market.
pub(crate) fn region(country: CountryCode, now: DateTime<Utc>) -> Option<RegionCode> {
    Markets::builtin().ok()?.region_of(country, now)
}

/// What two spellings of a name share.
pub(crate) fn name_key(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::{day, now, organization};

    #[test]
    fn mail_is_redirected_only_where_it_goes_elsewhere() {
        let mut organization = organization();
        let elsewhere = Mailbox { language: "sv".to_owned(), ..organization.mail.clone() };
        assert!(!organization.redirect(organization.mail.clone(), day(1)) && organization.updated == now());
        assert!(organization.redirect(elsewhere.clone(), day(1)));
        assert_eq!((organization.mail, organization.updated), (elsewhere, day(1)));
    }

    #[test]
    fn a_country_is_in_one_region_or_none() {
        assert_eq!(organization().region(now()).map(RegionCode::as_str), Some("EUROPE"));
        let closed = Organization { country: "KP".parse().unwrap(), ..organization() };
        assert_eq!(closed.region(now()), None);
    }

    #[test]
    fn spellings_of_one_name() {
        assert_eq!(name_key("  Nordwind \t AB "), name_key("NORDWIND ab"));
        assert_eq!(name_key("Nordwind AB"), "nordwind ab");
    }
}
