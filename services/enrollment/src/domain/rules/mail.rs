//! At which domains and under which names nobody is a company's contact.

use addresses::Email;
use chrono::{DateTime, Utc};

use super::table::{holds, lists, rows};

const FAMILIES: &str = include_str!("../../../data/webmail.csv");
const SPARED: &str = include_str!("../../../data/mail/spared.csv");
const FREE: &str = include_str!("../../../data/mail/free.txt");
const DISPOSABLE: &str = include_str!("../../../data/mail/disposable.txt");
const ROLES: &str = include_str!("../../../data/role_addresses.csv");

/// Why an address is no company contact's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// At a web-mail provider, which is named.
    Webmail(&'static str),
    /// At a provider of addresses for a short while; the domain in the list.
    Disposable(&'static str),
    /// A role's, instead of a person's.
    Role,
}

/// Everything that makes an address unfit for the primary contact.
pub(crate) fn unfit(email: &Email, now: DateTime<Utc>) -> Vec<Unfit> {
    let mut found: Vec<Unfit> = provider(email.domain(), email.registrable_domain(), now).into_iter().collect();
    found.extend(is_role(email.local(), now).then_some(Unfit::Role));
    found
}

/// The provider of mail for anybody whose domain this is, or under whose it lies.
pub(crate) fn provider(domain: &str, registrable: &str, now: DateTime<Utc>) -> Option<Unfit> {
    let spared = |domain: &str| rows::<4>(SPARED, ',').any(|[row, _, from, _]| row == domain && holds(from, "", now));
    // From the whole domain to the two labels at its end: the lists have some that are registered under a provider's own domain.
    let mut domain = domain;
    while domain.contains('.') && !spared(domain) {
        if let Some(listed) = dated(DISPOSABLE, domain, now) {
            return Some(Unfit::Disposable(listed));
        }
        if let Some(named) = family(domain, registrable, now).or(dated(FREE, domain, now)) {
            return Some(Unfit::Webmail(named));
        }
        domain = domain.split_once('.').map_or("", |(_, parent)| parent);
    }
    None
}

/// The name of a provider with a domain in many countries.
fn family(domain: &str, registrable: &str, now: DateTime<Utc>) -> Option<&'static str> {
    rows(FAMILIES, ',').find_map(|[pattern, provider, from, _]| {
        let matches = match pattern.strip_suffix(".*") {
            Some(name) => domain == registrable && domain.split('.').next() == Some(name),
            None => domain == pattern,
        };
        (matches && holds(from, "", now)).then_some(provider)
    })
}

/// The line of a list that holds; its first line says from and until when.
fn dated(list: &'static str, domain: &str, now: DateTime<Utc>) -> Option<&'static str> {
    let header = list.lines().next().unwrap_or_default();
    let (from, to) = (header.split('\t').nth(2).unwrap_or_default(), header.split('\t').nth(3).unwrap_or_default());
    lists(list, domain).filter(|_| holds(from, to, now))
}

/// Whether a local part stands for a role instead of a person.
fn is_role(local_part: &str, now: DateTime<Utc>) -> bool {
    let name = local_part.split('+').next().unwrap_or_default();
    rows(ROLES, ',').any(|[role, from, _]| role == name && holds(from, "", now))
}

/// How many domains each source lists, and the day it was read.
pub(crate) fn sources() -> Vec<(&'static str, &'static str, usize)> {
    let of = |list: &'static str| {
        let header: Vec<&str> = list.lines().next().unwrap_or_default().split('\t').collect();
        let [_, _, _, _, source, read] = header[..] else { return ("", "", 0) };
        (source, read, list.lines().count() - 1)
    };
    vec![of(DISPOSABLE), of(FREE), ("programme and ours", "2023-08", FAMILIES.lines().count() - 1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> DateTime<Utc> {
        format!("{text}T12:00:00Z").parse().expect("a day")
    }

    fn at(domain: &str) -> Vec<Unfit> {
        unfit(&Email::parse(&format!("ada@{domain}")).expect(domain), day("2026-01-01"))
    }

    #[test]
    fn r06_webmail_families_are_known_by_name() {
        for (domain, name) in [
            ("gmail.com", "Gmail"),
            ("GMAIL.com", "Gmail"),
            ("mail.yahoo.co.uk", "Yahoo! Mail"),
            ("icloud.com", "iCloud Mail"),
            ("aol.de", "AOL Mail"),
            ("hotmail.se", "Outlook Mail"),
        ] {
            assert_eq!(at(domain), [Unfit::Webmail(name)], "{domain}");
        }
        for company in ["nordwind.example", "gmail.nordwind.example", "notgmail.com", "some.com", "alibaba.com"] {
            assert_eq!(at(company), [], "{company}");
        }
    }

    #[test]
    fn r06_the_lists_are_long_and_no_suffix_is_in_them() {
        let sources = sources();
        assert!(sources[0].2 > 10_000 && sources[1].2 > 5_000, "{sources:?}");
        for list in [FREE, DISPOSABLE] {
            for domain in list.lines().skip(1) {
                assert!(Email::parse(&format!("ada@mail.{domain}")).is_ok(), "{domain} can be nobody's");
                let suffix = psl::suffix(domain.as_bytes()).expect(domain);
                let is_suffix = suffix == domain.as_bytes() && suffix.typ() == Some(psl::Type::Icann);
                assert!(!is_suffix, "all that is registered under {domain} would be refused");
                assert_eq!(lists(list, domain), Some(domain));
            }
        }
    }

    #[test]
    fn r06_role_addresses_are_known() {
        let role =
            |local: &str| unfit(&Email::parse(&format!("{local}@nordwind.example")).expect(local), day("2026-01-01"));
        for local in ["info", "Admin", "marketing+se"] {
            assert_eq!(role(local), [Unfit::Role], "{local}");
        }
        assert_eq!(role("ingrid"), []);
        let both = Email::parse("info@mailinator.com").expect("an address");
        assert_eq!(unfit(&both, day("2026-01-01")), [Unfit::Disposable("mailinator.com"), Unfit::Role]);
    }
}
