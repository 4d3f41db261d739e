//! What tests start from.

use std::collections::BTreeSet;

use addresses::Email;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::*;

pub(crate) const DEADLINES: Deadlines = Deadlines {
    confirm: TimeDelta::days(7),
    review: TimeDelta::days(5),
    claim: TimeDelta::days(1),
    answer: TimeDelta::days(14),
    appeal: TimeDelta::days(30),
    resend: TimeDelta::days(1),
    remind: TimeDelta::days(2),
};

/// The address of a reviewer who has nothing to do with the case.
pub(crate) fn elsewhere() -> Email {
    "rita@programme.example".parse().unwrap()
}

pub(crate) fn now() -> DateTime<Utc> {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

pub(crate) fn id<K>(number: u128) -> ids::Id<K> {
    ids::Id::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn reviewer(number: u128) -> Reviewer {
    Reviewer { organization: id(1), user: id(number) }
}

fn contact(name: &str, email: &str) -> Contact {
    Contact { name: name.to_owned(), email: email.parse().unwrap() }
}

pub(crate) fn subject() -> Subject {
    Subject {
        legal_name: "Exempel AB".to_owned(),
        address: Address {
            region_code: "SE".to_owned(),
            postal_code: Some("111 22".to_owned()),
            administrative_area: None,
            locality: "Stockholm".to_owned(),
            lines: vec!["Storgatan 1".to_owned()],
        },
        registration_number: Some("556000-0001".to_owned()),
        contact: contact("Ada Ek", "ada@example.com"),
        approver: contact("Bo Al", "bo@example.com"),
        applicant_name: Some("Cia Alm".to_owned()),
        applicant_email: "cia@example.com".parse().unwrap(),
        language: "sv".parse().unwrap(),
        revision: 1,
        number_check: Some(NumberCheck::Digits),
        namesake: false,
        domain_proven: false,
        lookalike: false,
    }
}

pub(crate) fn new_case(checks: impl IntoIterator<Item = CheckKind>) -> NewCase {
    NewCase {
        organization: id(2),
        enrollment: id(3),
        others: BTreeSet::new(),
        subject: subject(),
        checks: BTreeSet::from_iter(checks),
    }
}

pub(crate) fn case() -> VettingCase {
    VettingCase::open(id(4), new_case(CheckKind::ALL), now(), &DEADLINES).0
}

pub(crate) fn verification() -> EmailVerification {
    let new = NewVerification { id: id(5), nonce: "nonce".to_owned(), tries: 5 };
    EmailVerification::issue(new, &case(), Purpose::Contact, Postage::Paid, now(), &DEADLINES).0
}
