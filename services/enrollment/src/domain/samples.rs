//! What tests start from: a company that has given everything and of which nothing is verified.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::agreement::Template;
use super::claim::{Location, LocationState};
use super::contact::{Address, Contact};
use super::enrollment::{Enrollment, EnrollmentType};
use super::lifecycle::State;
use super::organization::{Mailbox, Organization};
use super::picture::Picture;
use super::profile::{LegalProfile, SupportProfile};
use super::submission::Applicant;
use super::user::{Role, User, UserState};
use super::vetting::{CaseState, Check, CheckKind, CheckStatus, Vetting};

pub(crate) const STATUSES: [CheckStatus; 4] =
    [CheckStatus::Pending, CheckStatus::Passed, CheckStatus::Failed, CheckStatus::Waived];

pub(crate) fn now() -> DateTime<Utc> {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

/// So many days from now.
pub(crate) fn day(days: i64) -> DateTime<Utc> {
    now() + TimeDelta::days(days)
}

pub(crate) fn id<K>(number: u128) -> ids::Id<K> {
    ids::Id::from_uuid(Uuid::from_u128(number))
}

fn contact(given: &str, family: &str, email: &str) -> Contact {
    Contact {
        given_name: given.to_owned(),
        family_name: family.to_owned(),
        email: email.to_owned(),
        phone: String::new(),
    }
}

fn address(country: &str) -> Address {
    Address {
        country: country.to_owned(),
        postal_code: "111 22".to_owned(),
        administrative_area: String::new(),
        locality: "Stockholm".to_owned(),
        lines: vec!["Storgatan 1".to_owned()],
    }
}

pub(crate) fn legal() -> LegalProfile {
    LegalProfile {
        legal_name: "Nordwind AB".to_owned(),
        address: address("SE"),
        registration_number: "556000-0001".to_owned(),
        primary_contact: contact("Ada", "Ek", "ada@nordwind.example"),
        company_approver: contact("Bo", "Al", "bo@nordwind.example"),
        language: "sv".to_owned(),
        revision: 1,
        newest_revision: 1,
        ..LegalProfile::empty(now())
    }
}

pub(crate) fn support() -> SupportProfile {
    SupportProfile {
        email: "support@nordwind.example".to_owned(),
        phone: "+46812345678".to_owned(),
        website: "https://nordwind.example".to_owned(),
        ..SupportProfile::empty(now())
    }
}

pub(crate) fn organization() -> Organization {
    Organization {
        id: id(1),
        display_name: "Nordwind".to_owned(),
        country: "SE".parse().unwrap(),
        language: "en".to_owned(),
        mail: Mailbox { address: "cia@nordwind.example".to_owned(), language: "en".to_owned() },
        operator: false,
        version: 1,
        created: now(),
        updated: now(),
    }
}

pub(crate) fn user(number: u128, roles: &[Role]) -> User {
    User {
        id: id(number),
        organization: id(1),
        person: None,
        email: format!("user{number}@nordwind.example"),
        display_name: String::new(),
        roles: BTreeSet::from_iter(roles.iter().copied()),
        state: UserState::Active,
        access_version: 1,
        version: 1,
        created: now(),
        updated: now(),
    }
}

pub(crate) fn applicant() -> Applicant {
    Applicant { user: id(10), name: "Cia Alm".to_owned(), email: "cia@nordwind.example".to_owned(), namesake: false }
}

pub(crate) fn location() -> Location {
    Location {
        id: id(20),
        organization: id(1),
        display_name: "Head office".to_owned(),
        address: address("SE"),
        state: LocationState::Associated,
        nonce: "nonce".to_owned(),
        version: 1,
        created: now(),
        updated: now(),
    }
}

/// A version for Europe, in force from one day on and to be signed by another.
pub(crate) fn template(kind: EnrollmentType, version: i32, from: i64, by: Option<i64>) -> Template {
    Template {
        id: id(30 + u128::from(version.unsigned_abs())),
        kind,
        region: "EUROPE".to_owned(),
        version,
        language: "en".to_owned(),
        sha256: format!("hash of {version}"),
        effective: day(from),
        sign_by: by.map(day),
        created: day(-100),
    }
}

pub(crate) fn enrollment(kind: EnrollmentType, state: State) -> Enrollment {
    Enrollment { state, ..Enrollment::draft(id(2), id(1), kind, now()) }
}

/// A case about the present revision, with every check in one status.
pub(crate) fn case(state: CaseState, status: CheckStatus) -> Vetting {
    let (since, due) = (Some(day(-2)), Some(day(5)));
    let check = |kind| Check { kind, status, reason: String::new(), since, due, waits_for: None };
    Vetting {
        case: id(40),
        organization: id(1),
        state,
        reason: (state == CaseState::Rejected).then(|| "NOT_SHOWN".to_owned()),
        explanation: (state == CaseState::Rejected).then(|| "No extract.".to_owned()),
        appeal_by: (state == CaseState::Rejected).then(|| day(30)),
        due: state.is_open().then(|| day(3)),
        revision: 1,
        checks: CheckKind::ALL.map(check).into(),
        appeal_spent: false,
        updated: now(),
    }
}

/// Agreements are published for every type, none is signed and no location associated.
pub(crate) fn picture() -> Picture {
    Picture {
        organization: organization(),
        proven_domains: Vec::new(),
        legal: legal(),
        support: support(),
        vettings: Vec::new(),
        location: None,
        templates: EnrollmentType::ALL.map(|kind| template(kind, 1, -30, None)).into(),
        users: vec![user(10, &[Role::GlobalAdmin]), user(11, &[Role::UserAdmin])],
    }
}
