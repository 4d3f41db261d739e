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
    }
}
