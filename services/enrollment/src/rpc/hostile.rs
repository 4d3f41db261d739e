//! What people and others have typed into such fields, each with what is to be said of it: replayed as an update would judge it.

use addresses::{Email, registrable};
use runtime::Violations;
use wire::{enrollment as pb, types};

use super::legal_profile::fields;
use crate::domain::finding::Weight;
use crate::domain::profile::LegalProfile;
use crate::domain::rules::mail::{Unfit, unfit};
use crate::domain::samples::now;

const CORPUS: &str = include_str!("../../tests/hostile.tsv");

#[test]
fn r04_r06_what_others_have_typed_gets_its_verdict() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for line in CORPUS.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let [kind, country, typed, expected] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("not four columns: {line}")
        };
        count += 1;
        let found = verdict(kind, country, &unescaped(typed));
        if found != expected {
            wrong.push(format!("{line}: {found}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 300, "{count} lines");
}

fn verdict(kind: &str, country: &str, typed: &str) -> String {
    match kind {
        "email" => match of_field("primary_contact.email", country, typed) {
            Ok(profile) => of_email(&profile.primary_contact.email),
            Err(()) => "refused".to_owned(),
        },
        "domain" => registrable(typed).map_or("refused".to_owned(), |_| of_email(&format!("ada@{typed}"))),
        leaf => {
            let Ok(profile) = of_field(leaf, country, typed) else { return "refused".to_owned() };
            let findings = profile.findings(country, now());
            let of = |weight: fn(Weight) -> bool| {
                findings.iter().any(|finding| finding.field == leaf && weight(finding.weight))
            };
            let refused = of(|weight| weight != Weight::Advice);
            if refused {
                "refused"
            } else if of(|weight| weight == Weight::Advice) {
                "odd"
            } else {
                "fine"
            }
            .to_owned()
        }
    }
}

/// A profile with this field alone; an error where it is wrong by itself.
fn of_field(leaf: &str, country: &str, typed: &str) -> Result<LegalProfile, ()> {
    let text = typed.to_owned();
    let (mut message, mut address, mut contact) =
        (pb::LegalProfile::default(), types::PostalAddress::default(), types::Contact::default());
    match leaf {
        "legal_name" => message.legal_name = text,
        "registration_number" => message.registration_number = text,
        "tax_id" => message.tax_id = text,
        "address.postal_code" => address.postal_code = text,
        "address.administrative_area" => address.administrative_area = text,
        "address.locality" => address.locality = text,
        "primary_contact.phone" => contact.phone = text,
        "primary_contact.given_name" => contact.given_name = text,
        "primary_contact.email" => contact.email = text,
        other => panic!("no such kind: {other}"),
    }
    message.address = Some(address);
    message.primary_contact = Some(contact);
    let mut v = Violations::default();
    let value = fields::parse(&mut v, &message, leaf);
    v.done().map_err(|_| ())?;
    let mut profile = LegalProfile::empty(now());
    fields::put(&mut profile, leaf, &value);
    profile.dial(country);
    Ok(profile)
}

fn of_email(address: &str) -> String {
    let Ok(email) = Email::parse(address) else { return "refused".to_owned() };
    let kinds: Vec<&str> = unfit(&email, now())
        .into_iter()
        .map(|unfit| match unfit {
            Unfit::Webmail(_) => "webmail",
            Unfit::Disposable(_) => "disposable",
            Unfit::Role => "role",
        })
        .collect();
    if kinds.is_empty() { "fine".to_owned() } else { kinds.join("+") }
}

/// `\u{202e}`, `\n`, `\r` and `\t` stand for what can't be seen in a file, `\0` for nothing at all.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let (hex, end) = match after.strip_prefix("u{").and_then(|after| after.split_once('}')) {
            Some((hex, end)) => (u32::from_str_radix(hex, 16).expect("a number"), end),
            None => match after.chars().next() {
                Some('n') => (10, &after[1..]),
                Some('r') => (13, &after[1..]),
                Some('t') => (9, &after[1..]),
                Some('0') => (0, &after[1..]),
                _ => (92, after),
            },
        };
        out.push(char::from_u32(hex).expect("a character"));
        rest = end;
    }
    out + rest
}
