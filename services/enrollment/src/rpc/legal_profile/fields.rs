//! The fields of a legal profile by their paths: read, judged, and put where they belong.

use addresses::{Email, Language};
use runtime::Violations;
use wire::enrollment as pb;
use wire::types;

use crate::domain::contact::{Address, Contact, company_name, phone};
use crate::domain::profile::LegalProfile;
use crate::rpc::mask::Paths;
use crate::rpc::parse::{country, given, lines, text};

pub(super) const PATHS: Paths<'static> = Paths {
    leaves: &[
        "legal_name",
        "address.region_code",
        "address.postal_code",
        "address.administrative_area",
        "address.locality",
        LINES,
        "registration_number",
        "tax_id",
        "primary_contact.given_name",
        "primary_contact.family_name",
        "primary_contact.email",
        "primary_contact.phone",
        "company_approver.given_name",
        "company_approver.family_name",
        "company_approver.email",
        "company_approver.phone",
        "language_code",
    ],
    ignored: &["name", "etag", "revision", "vetted_revision", "update_time"],
    immutable: &[],
};

const LINES: &str = "address.address_lines";

/// A field's new value, already right by itself.
pub(in crate::rpc) enum Value {
    Text(String),
    Lines(Vec<String>),
}

/// Whether the message gives this field.
pub(super) fn is_set(profile: &pb::LegalProfile, leaf: &str) -> bool {
    match leaf {
        LINES => profile.address.as_ref().is_some_and(|address| !address.address_lines.is_empty()),
        leaf => !raw(profile, leaf).is_empty(),
    }
}

/// The field's value, judged by itself: what depends on time or data is judged later.
pub(in crate::rpc) fn parse(v: &mut Violations, profile: &pb::LegalProfile, leaf: &str) -> Value {
    let field = format!("legal_profile.{leaf}");
    if leaf == LINES {
        let given = profile.address.as_ref().map(|address| address.address_lines.as_slice()).unwrap_or_default();
        return Value::Lines(lines(v, &field, given));
    }
    let value = raw(profile, leaf);
    let last = leaf.rsplit('.').next().unwrap_or(leaf);
    Value::Text(match last {
        "legal_name" if value.is_empty() => String::new(),
        "legal_name" => {
            let name = v.text(&field, value, 2..=200);
            name.and_then(|name| v.check(&field, company_name(name))).unwrap_or_default()
        }
        "region_code" => given(v, &field, value, country),
        "postal_code" => text(v, &field, value, 16),
        "administrative_area" | "locality" => text(v, &field, value, 80),
        "given_name" | "family_name" => text(v, &field, value, 50),
        "email" => given(v, &field, value, |text| Email::parse(text).map(String::from)),
        "phone" => given(v, &field, value, phone),
        "language_code" => given(v, &field, value, |text| Language::parse(text).map(|language| language.to_string())),
        _ => text(v, &field, value, 40),
    })
}

/// Puts a value where it belongs.
pub(in crate::rpc) fn put(profile: &mut LegalProfile, leaf: &str, value: &Value) {
    match value {
        Value::Lines(lines) => profile.address.lines.clone_from(lines),
        Value::Text(text) => slot(profile, leaf).clone_from(text),
    }
}

fn raw<'p>(profile: &'p pb::LegalProfile, leaf: &str) -> &'p str {
    let (whole, part) = leaf.split_once('.').unwrap_or((leaf, ""));
    match whole {
        "legal_name" => &profile.legal_name,
        "registration_number" => &profile.registration_number,
        "tax_id" => &profile.tax_id,
        "address" => profile.address.as_ref().map_or("", |address| raw_address(address, part)),
        "primary_contact" => profile.primary_contact.as_ref().map_or("", |contact| raw_contact(contact, part)),
        "company_approver" => profile.company_approver.as_ref().map_or("", |contact| raw_contact(contact, part)),
        _ => &profile.language_code,
    }
}

fn raw_address<'a>(address: &'a types::PostalAddress, part: &str) -> &'a str {
    match part {
        "region_code" => &address.region_code,
        "postal_code" => &address.postal_code,
        "administrative_area" => &address.administrative_area,
        _ => &address.locality,
    }
}

fn raw_contact<'c>(contact: &'c types::Contact, part: &str) -> &'c str {
    match part {
        "given_name" => &contact.given_name,
        "family_name" => &contact.family_name,
        "email" => &contact.email,
        _ => &contact.phone,
    }
}

fn slot<'p>(profile: &'p mut LegalProfile, leaf: &str) -> &'p mut String {
    let (whole, part) = leaf.split_once('.').unwrap_or((leaf, ""));
    match whole {
        "legal_name" => &mut profile.legal_name,
        "registration_number" => &mut profile.registration_number,
        "tax_id" => &mut profile.tax_id,
        "address" => address_slot(&mut profile.address, part),
        "primary_contact" => contact_slot(&mut profile.primary_contact, part),
        "company_approver" => contact_slot(&mut profile.company_approver, part),
        _ => &mut profile.language,
    }
}

fn address_slot<'a>(address: &'a mut Address, part: &str) -> &'a mut String {
    match part {
        "region_code" => &mut address.country,
        "postal_code" => &mut address.postal_code,
        "administrative_area" => &mut address.administrative_area,
        _ => &mut address.locality,
    }
}

fn contact_slot<'c>(contact: &'c mut Contact, part: &str) -> &'c mut String {
    match part {
        "given_name" => &mut contact.given_name,
        "family_name" => &mut contact.family_name,
        "email" => &mut contact.email,
        _ => &mut contact.phone,
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn every_path_has_a_place_of_its_own() {
        let mut profile = LegalProfile::empty(DateTime::UNIX_EPOCH);
        for leaf in PATHS.leaves.iter().filter(|leaf| **leaf != LINES) {
            put(&mut profile, leaf, &Value::Text((*leaf).to_owned()));
        }
        for leaf in PATHS.leaves.iter().filter(|leaf| **leaf != LINES) {
            assert_eq!(slot(&mut profile, leaf), leaf);
        }
    }

    #[test]
    fn every_wrong_field_is_told_at_once() {
        let contact = |email: &str| types::Contact {
            given_name: "g".repeat(51),
            family_name: "\n".to_owned() + "x\ty",
            email: email.to_owned(),
            phone: "call me".to_owned(),
        };
        let wrong = pb::LegalProfile {
            legal_name: "GmbH".to_owned(),
            address: Some(types::PostalAddress {
                region_code: "se".to_owned(),
                postal_code: "1".repeat(17),
                administrative_area: "x".repeat(81),
                locality: "x".repeat(81),
                address_lines: vec![String::new(); 4],
            }),
            registration_number: "1".repeat(41),
            tax_id: "1".repeat(41),
            primary_contact: Some(contact("a@b.com\r\nBcc: c@d.com")),
            company_approver: Some(contact("a@b.com,c@d.com")),
            language_code: "swedish please".to_owned(),
            ..Default::default()
        };
        for leaf in PATHS.leaves {
            let mut v = Violations::default();
            parse(&mut v, &wrong, leaf);
            assert!(!v.is_empty(), "{leaf} was taken");
        }
    }
}
