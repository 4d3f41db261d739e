//! OpenCaseRequest: whole, and wrong in every field.

use ids::{EnrollmentId, OrganizationId};
use uuid::Uuid;

use super::*;
use crate::rpc::convert::fields;

fn organization() -> OrganizationId {
    OrganizationId::from_uuid(Uuid::from_u128(1))
}

fn enrollment() -> EnrollmentId {
    EnrollmentId::from_uuid(Uuid::from_u128(2))
}

fn person(given: &str, email: &str) -> types::Contact {
    types::Contact {
        given_name: given.to_owned(),
        family_name: "Ek".to_owned(),
        email: email.to_owned(),
        phone: "+46812345678".to_owned(),
    }
}

fn whole() -> pb::OpenCaseRequest {
    pb::OpenCaseRequest {
        origin: None,
        organization: organization().name(),
        enrollment: organization().child(enrollment()),
        legal_name: "Exempel AB".to_owned(),
        address: Some(types::PostalAddress {
            region_code: "SE".to_owned(),
            locality: "Stockholm".to_owned(),
            address_lines: vec!["Storgatan 1".to_owned()],
            ..Default::default()
        }),
        primary_contact: Some(person("Åsa", "asa@example.com")),
        company_approver: Some(person("Bo", "bo@example.com")),
        applicant_email: "cia@example.com".to_owned(),
        language_code: "sv-SE".to_owned(),
        revision: 1,
        checks: vec![1, 5, 5],
        ..Default::default()
    }
}

fn wrong(change: impl FnOnce(&mut pb::OpenCaseRequest)) -> Vec<String> {
    let mut request = whole();
    change(&mut request);
    fields(&parse(&request).unwrap_err().into())
}

#[test]
fn a_whole_request_is_read() {
    let new = parse(&whole()).unwrap();
    assert_eq!((new.organization, new.enrollment), (organization(), enrollment()));
    assert_eq!(new.subject.contact, Contact { name: "Åsa Ek".to_owned(), email: "asa@example.com".parse().unwrap() });
    assert_eq!(new.subject.applicant(), "cia@example.com");
    assert_eq!(new.checks, BTreeSet::from([CheckKind::Email, CheckKind::Business]));
}

#[test]
fn every_missing_field_is_told_at_once() {
    let missing = fields(&parse(&pb::OpenCaseRequest::default()).unwrap_err().into());
    assert_eq!(
        missing,
        [
            "organization",
            "enrollment",
            "legal_name",
            "address",
            "primary_contact",
            "company_approver",
            "applicant_email",
            "language_code",
            "revision",
            "checks"
        ]
    );
}

#[test]
fn each_limit_holds() {
    let other = OrganizationId::from_uuid(Uuid::from_u128(3));
    assert_eq!(wrong(|it| it.enrollment = other.child(enrollment())), ["enrollment"]);
    assert_eq!(wrong(|it| it.legal_name = "a".repeat(201)), ["legal_name"]);
    assert_eq!(wrong(|it| it.legal_name = "Exempel\nAB".to_owned()), ["legal_name"]);
    assert_eq!(wrong(|it| it.registration_number = "1".repeat(41)), ["registration_number"]);
    assert_eq!(wrong(|it| it.applicant_name = "a".repeat(121)), ["applicant_name"]);
    assert_eq!(wrong(|it| it.language_code = "a".repeat(36)), ["language_code"]);
    assert_eq!(wrong(|it| it.revision = 0), ["revision"]);
    assert_eq!(wrong(|it| it.checks = vec![0]), ["checks"]);
    assert_eq!(wrong(|it| it.checks = vec![1, 6]), ["checks"]);
    for email in ["", "x", "@example.com", "a@", "a@b@c", "a b@example.com", "a@example.com,b@example.com"] {
        assert_eq!(wrong(|it| it.applicant_email = email.to_owned()), ["applicant_email"], "{email}");
    }
    assert_eq!(
        wrong(|it| it.primary_contact = Some(person("", "x"))),
        ["primary_contact.given_name", "primary_contact.email"]
    );
}

#[test]
fn each_limit_of_the_address_holds() {
    let wrong = |change: fn(&mut types::PostalAddress)| wrong(|it| change(it.address.as_mut().unwrap()));
    assert_eq!(wrong(|it| it.region_code = "se".to_owned()), ["address.region_code"]);
    assert_eq!(wrong(|it| it.region_code = "SWE".to_owned()), ["address.region_code"]);
    assert_eq!(wrong(|it| it.postal_code = "1".repeat(17)), ["address.postal_code"]);
    assert_eq!(wrong(|it| it.administrative_area = "a".repeat(81)), ["address.administrative_area"]);
    assert_eq!(wrong(|it| it.locality.clear()), ["address.locality"]);
    assert_eq!(wrong(|it| it.address_lines.clear()), ["address.address_lines"]);
    assert_eq!(wrong(|it| it.address_lines = vec!["a".to_owned(); 4]), ["address.address_lines"]);
    assert_eq!(wrong(|it| it.address_lines.push(String::new())), ["address.address_lines[1]"]);
}
