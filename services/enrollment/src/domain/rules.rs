//! Rules that change, as dated data: read from the tables in `data/`, whose sources are named there.

use chrono::{DateTime, Utc};

const WEBMAIL: &str = include_str!("../../data/webmail.csv");
const ROLE_ADDRESSES: &str = include_str!("../../data/role_addresses.csv");
const PREAPPROVAL: &str = include_str!("../../data/preapproval.csv");
const COUNTRY_FIELDS: &str = include_str!("../../data/country_fields.csv");
const LEGAL_FORMS: &str = include_str!("../../data/legal_forms.csv");

/// The web-mail provider of a registrable domain, if it is one's.
pub(crate) fn webmail(domain: &str, now: DateTime<Utc>) -> Option<&'static str> {
    rows(WEBMAIL).find_map(|[pattern, provider, from, _]| {
        let matches = match pattern.strip_suffix(".*") {
            Some(name) => domain.split('.').next() == Some(name),
            None => domain == pattern,
        };
        (matches && holds(from, "", now)).then_some(provider)
    })
}

/// Whether a local part stands for a role instead of a person.
pub(crate) fn is_role(local_part: &str, now: DateTime<Utc>) -> bool {
    let name = local_part.split('+').next().unwrap_or_default().to_lowercase();
    rows(ROLE_ADDRESSES).any(|[role, from, _]| role == name && holds(from, "", now))
}

/// Whether a type of enrollment needs the operator's leave.
pub(crate) fn needs_preapproval(kind: &str, now: DateTime<Utc>) -> bool {
    rows(PREAPPROVAL).any(|[row, from, to, _]| row == kind && holds(from, to, now))
}

/// Whether a country needs this field of the legal profile, which others can do without.
pub(crate) fn country_needs(country: &str, field: &str, now: DateTime<Utc>) -> bool {
    rows(COUNTRY_FIELDS).any(|[row, needed, from, _]| row == country && needed == field && holds(from, "", now))
}

/// Whether a name consists of a legal form and nothing else.
pub(crate) fn is_only_legal_form(name: &str) -> bool {
    let words = |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).collect() };
    let name = words(&name.to_lowercase());
    rows(LEGAL_FORMS).any(|[form, _]| words(form) == name)
}

/// Whether a word is one of a legal form's.
pub(crate) fn is_legal_form_token(word: &str) -> bool {
    rows(LEGAL_FORMS).any(|[form, _]| form.split(' ').any(|token| token == word))
}

fn rows<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    table.lines().skip(1).filter_map(|line| line.split(',').collect::<Vec<_>>().try_into().ok())
}

/// ISO dates sort as text; an empty end is open.
fn holds(from: &str, to: &str, now: DateTime<Utc>) -> bool {
    let today = now.date_naive().to_string();
    from <= today.as_str() && (to.is_empty() || today.as_str() < to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> DateTime<Utc> {
        format!("{text}T12:00:00Z").parse().expect("a day")
    }

    #[test]
    fn every_row_is_read() {
        let whole = |table: &'static str, read: usize| assert_eq!(table.lines().skip(1).count(), read, "{table}");
        whole(WEBMAIL, rows::<4>(WEBMAIL).count());
        whole(ROLE_ADDRESSES, rows::<3>(ROLE_ADDRESSES).count());
        whole(PREAPPROVAL, rows::<4>(PREAPPROVAL).count());
        whole(COUNTRY_FIELDS, rows::<4>(COUNTRY_FIELDS).count());
        whole(LEGAL_FORMS, rows::<2>(LEGAL_FORMS).count());
    }

    #[test]
    fn r02_new_partners_begin_as_indirect_resellers_from_a_day_on() {
        for kind in ["INDIRECT_PROVIDER", "DIRECT_BILL"] {
            assert!(!needs_preapproval(kind, day("2020-09-30")));
            assert!(needs_preapproval(kind, day("2020-10-01")));
        }
        assert!(!needs_preapproval("INDIRECT_RESELLER", day("2026-01-01")));
    }

    #[test]
    fn r06_webmail_families_are_known() {
        let provider = |domain: &str| webmail(&addresses::registrable(domain).expect(domain), day("2026-01-01"));
        for webmail in [
            "gmail.com",
            "GOOGLEMAIL.com",
            "yahoo.co.uk",
            "yahoo.se",
            "x.yahoo.com",
            "ymail.com",
            "rocketmail.com",
            "icloud.com",
            "me.com",
            "mac.com",
            "aol.de",
            "outlook.com",
            "hotmail.se",
            "live.com",
            "msn.com",
        ] {
            assert!(provider(webmail).is_some(), "{webmail}");
        }
        for company in ["nordwind.example", "gmail.nordwind.example", "notgmail.com", "some.com"] {
            assert!(provider(company).is_none(), "{company}");
        }
    }

    #[test]
    fn r06_role_addresses_are_known() {
        for role in ["info", "Admin", "marketing+se"] {
            assert!(is_role(role, day("2026-01-01")), "{role}");
        }
        assert!(!is_role("ingrid", day("2026-01-01")));
    }

    #[test]
    fn an_end_is_the_first_day_after() {
        assert!(holds("2024-01-01", "2024-02-01", day("2024-01-31")));
        assert!(!holds("2024-01-01", "2024-02-01", day("2024-02-01")));
    }

    #[test]
    fn a_legal_form_is_no_name() {
        for only in ["GmbH", "  L.L.C.", "Sdn. Bhd.", "AB"] {
            assert!(is_only_legal_form(only), "{only}");
        }
        assert!(!is_only_legal_form("Nordwind AB"));
    }
}
