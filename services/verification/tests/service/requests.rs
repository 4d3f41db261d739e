//! What is asked of the service, whole and right unless a test changes it.

use ids::EnrollmentId;
use wire::types::{Contact, Origin, PostalAddress};
use wire::verification as pb;

use crate::house::{APPLICANT, id, organization};

pub(crate) fn answers(token: &str, claim: pb::Answer, address: pb::Answer) -> pb::ConfirmEmailVerificationRequest {
    pb::ConfirmEmailVerificationRequest {
        token: token.to_owned(),
        claim_answer: claim.into(),
        address_answer: address.into(),
        ..Default::default()
    }
}

pub(crate) fn yes(token: &str) -> pb::ConfirmEmailVerificationRequest {
    answers(token, pb::Answer::Yes, pb::Answer::Yes)
}

pub(crate) fn open_case(enrollment: u128, version: i64) -> pb::OpenCaseRequest {
    let enrollment: EnrollmentId = id(enrollment);
    let person = |given: &str, email: &str| {
        Some(Contact {
            given_name: given.to_owned(),
            family_name: "Ek".to_owned(),
            email: email.to_owned(),
            phone: String::new(),
        })
    };
    pb::OpenCaseRequest {
        origin: Some(Origin {
            source: "enrollment".to_owned(),
            epoch: 1,
            event_id: id::<ids::kind::Event>(u128::from(version.unsigned_abs())).to_string(),
            subject: organization(APPLICANT).child(enrollment),
            version,
            occur_time: Some(prost_types::Timestamp { seconds: 1_700_000_000, nanos: 0 }),
            ..Default::default()
        }),
        organization: organization(APPLICANT).name(),
        enrollment: organization(APPLICANT).child(enrollment),
        legal_name: "Exempel AB".to_owned(),
        address: Some(PostalAddress {
            region_code: "SE".to_owned(),
            locality: "Stockholm".to_owned(),
            address_lines: vec!["Storgatan 1".to_owned()],
            ..Default::default()
        }),
        registration_number: "556000-0001".to_owned(),
        primary_contact: person("Ada", "ada@example.com"),
        company_approver: person("Bo", "bo@example.com"),
        applicant_name: "Cia Alm".to_owned(),
        applicant_email: "cia@example.com".to_owned(),
        language_code: "sv".to_owned(),
        revision: 1,
        checks: vec![1, 2, 3, 4, 5],
        namesake: false,
        registration_number_check: pb::NumberCheck::Form.into(),
    }
}

/// What enrollment says when the legal data of the applicant's enrollment 3 becomes this revision.
pub(crate) fn update_case(revision: i64, version: i64, touched: &[pb::CheckKind]) -> pb::UpdateCaseRequest {
    let as_opened = open_case(3, version);
    let origin =
        Origin { subject: format!("{}/legalProfile", organization(APPLICANT).name()), ..as_opened.origin.unwrap() };
    pb::UpdateCaseRequest {
        origin: Some(origin),
        organization: as_opened.organization,
        enrollment: as_opened.enrollment,
        legal_name: as_opened.legal_name,
        address: as_opened.address,
        registration_number: as_opened.registration_number,
        primary_contact: as_opened.primary_contact,
        company_approver: as_opened.company_approver,
        applicant_name: as_opened.applicant_name,
        applicant_email: as_opened.applicant_email,
        language_code: as_opened.language_code,
        revision,
        checks: touched.iter().map(|kind| (*kind).into()).collect(),
        touched: touched.iter().map(|kind| (*kind).into()).collect(),
        namesake: false,
        registration_number_check: as_opened.registration_number_check,
        other_enrollments: Vec::new(),
    }
}

/// What enrollment says when this enrollment of the applicant's waits no more.
pub(crate) fn close_case(enrollment: u128, version: i64) -> pb::CloseCaseRequest {
    let as_opened = open_case(enrollment, version);
    pb::CloseCaseRequest {
        origin: as_opened.origin,
        organization: as_opened.organization,
        enrollment: as_opened.enrollment,
    }
}
