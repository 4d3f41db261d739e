//! The way of an enrollment: drafted, submitted, followed through verification.

use runtime::Role;
use wire::enrollment as pb;
use wire::enrollment::enrollment::State;
use wire::notification::SendMessageRequest;
use wire::relationship::{RecordOrganizationRequest, RecordStandingRequest};
use wire::types::RequirementCode;
use wire::verification::{CheckKind, OpenCaseRequest};

use crate::house::{House, houses, reason, refused};
use crate::requests::ADA;

const RESELLER: pb::EnrollmentType = pb::EnrollmentType::IndirectReseller;
const PROVIDER: pb::EnrollmentType = pb::EnrollmentType::IndirectProvider;

fn codes(enrollment: &pb::Enrollment) -> Vec<RequirementCode> {
    enrollment.requirements.iter().map(wire::types::Requirement::code).collect()
}

#[tokio::test]
async fn r04_an_incomplete_submit_lists_everything_at_once() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let draft = house.drafted(&name, RESELLER).await;
        let twin =
            pb::CreateEnrollmentRequest { parent: name.clone(), enrollment: Some(draft.clone()), ..Default::default() };
        let twin = house.enrollments().create_enrollment(house.by(ADA, twin).await).await;
        assert_eq!(reason(twin), "ENROLLMENT_EXISTS");
        let refusal = refused(house.submit(&draft.name).await);
        assert_eq!(refusal.reason, "REQUIREMENTS_OUTSTANDING");
        assert_eq!(
            refusal.fields,
            [
                "legal_profile.legal_name",
                "legal_profile.address",
                "legal_profile.primary_contact",
                "legal_profile.company_approver",
                "legal_profile.language_code",
                "support_profile.email",
                "support_profile.phone",
                "support_profile.website",
            ]
        );
        let list = pb::ListEnrollmentsRequest { parent: name, ..Default::default() };
        let list = house.enrollments().list_enrollments(house.by(ADA, list).await).await.unwrap().into_inner();
        assert_eq!(list.enrollments, [house.read(&draft.name).await]);
    }
}

#[tokio::test]
async fn r07_submitting_starts_verification_and_tells_the_contact() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let draft = house.drafted(&name, RESELLER).await;
        house.fill_in(&name).await;
        let dry = pb::SubmitEnrollmentRequest { name: draft.name.clone(), validate_only: true, ..Default::default() };
        let dry = house.enrollments().submit_enrollment(house.by(ADA, dry).await).await.unwrap().into_inner();
        assert!(!dry.effects.is_empty() && dry.enrollment.unwrap().state() == State::Verifying);
        assert_eq!(house.read(&draft.name).await.state(), State::Draft, "asking changes nothing");
        let submitted = house.submit(&draft.name).await.unwrap().enrollment.unwrap();
        assert_eq!(submitted.state(), State::Verifying);
        assert_eq!(reason(house.submit(&draft.name).await), "STATE_FORBIDS");
        let cases: Vec<OpenCaseRequest> = house.told("OpenCase").await;
        assert_eq!(cases.len(), 1);
        assert_eq!((cases[0].applicant_email.as_str(), cases[0].revision), (ADA, 1));
        assert_eq!(cases[0].checks.len(), 5);
        assert_eq!(cases[0].checks[0], i32::from(CheckKind::Email));
        let mails: Vec<SendMessageRequest> = house.told("SendMessage").await;
        assert_eq!(mails.len(), 1);
        assert_eq!(
            (mails[0].kind.as_str(), mails[0].recipients[0].email.as_str()),
            ("enrollment-status", "bo@nordwind.example")
        );
        let told: Vec<RecordOrganizationRequest> = house.told("RecordOrganization").await;
        assert_eq!(told.last().unwrap().mail_address, "bo@nordwind.example");
    }
}

#[tokio::test]
async fn r08_each_check_says_who_must_act() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let draft = house.drafted(&name, RESELLER).await;
        house.fill_in(&name).await;
        house.submit(&draft.name).await.unwrap();
        house.record(&name, "QUEUED", &[("EMAIL", "PASSED"), ("DOMAIN", "PENDING")], 1).await;
        let read = house.read(&draft.name).await;
        use RequirementCode::{Authority, Business, Domain, Employment, Location};
        assert_eq!(codes(&read), [Domain, Employment, Authority, Business, Location]);
        assert!(read.requirements.iter().all(|lack| lack.since_time.is_some() && !lack.method.is_empty()));
        house.record(&name, "EXPIRED", &[("EMAIL", "PASSED")], 3).await;
        house.record(&name, "APPROVED", &[], 2).await;
        assert_eq!(house.read(&draft.name).await.state(), State::Draft, "an older message changes nothing");
        let again = house.submit(&draft.name).await.unwrap();
        assert_eq!(again.enrollment.unwrap().state(), State::Verifying);
        let cases: Vec<OpenCaseRequest> = house.told("OpenCase").await;
        assert!(!cases[1].checks.contains(&CheckKind::Email.into()), "what was proven once is not asked again");
        house.record(&name, "REJECTED", &[("EMAIL", "PASSED")], 4).await;
        assert_eq!(house.read(&draft.name).await.state(), State::Rejected);
    }
}

#[tokio::test]
async fn r10_an_approval_proves_the_domain_and_makes_the_submitter_admin_agent() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let draft = house.drafted(&name, RESELLER).await;
        house.fill_in(&name).await;
        house.submit(&draft.name).await.unwrap();
        house.approve(&name).await;
        let read = house.read(&draft.name).await;
        assert_eq!(read.state(), State::Qualified);
        assert_eq!(codes(&read), [RequirementCode::Location, RequirementCode::Agreement]);
        assert_eq!(read.capabilities, [0; 0]);
        let me = house.users().get_self(house.by(ADA, pb::GetSelfRequest {}).await).await.unwrap().into_inner();
        assert_eq!(me.roles, [Role::GlobalAdmin, Role::AdminAgent].map(i32::from));
        let lookup = pb::LookupOrganizationRequest { domain: "NordWind.example".to_owned() };
        assert!(house.organizations().lookup_organization(lookup).await.unwrap().into_inner().known);
        let told: Vec<RecordOrganizationRequest> = house.told("RecordOrganization").await;
        assert_eq!(told.last().unwrap().proven_domains, ["nordwind.example"]);
        let told: Vec<RecordStandingRequest> = house.told("RecordStanding").await;
        let states: Vec<&str> = told.iter().map(|standing| standing.state.as_str()).collect();
        assert_eq!(states, ["DRAFT", "VERIFYING", "QUALIFIED"]);
    }
}

#[tokio::test]
async fn r02_a_provider_needs_the_operators_leave() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let draft = house.drafted(&name, PROVIDER).await;
        house.fill_in(&name).await;
        assert_eq!(reason(house.submit(&draft.name).await), "PREAPPROVAL_REQUIRED");
        let leave = |days: i64| {
            let preapproval = pb::Preapproval {
                domain: "nordwind.example".to_owned(),
                r#type: PROVIDER.into(),
                expire_time: house.days_ahead(days),
                ..Default::default()
            };
            pb::CreatePreapprovalRequest { preapproval: Some(preapproval), ..Default::default() }
        };
        let own = house.enrollments().create_preapproval(house.by(ADA, leave(30)).await).await;
        assert_eq!(reason(own), "ROLE_REQUIRED");
        let past = house.enrollments().create_preapproval(house.operator(leave(0)).await).await;
        assert_eq!(refused(past).fields, ["preapproval.expire_time"]);
        house.enrollments().create_preapproval(house.operator(leave(2)).await).await.unwrap();
        house.advance(3).await;
        assert_eq!(reason(house.submit(&draft.name).await), "PREAPPROVAL_REQUIRED", "it has expired");
        house.enrollments().create_preapproval(house.operator(leave(2)).await).await.unwrap();
        assert_eq!(house.submit(&draft.name).await.unwrap().enrollment.unwrap().state(), State::Verifying);
    }
}

/// The operator lets Nordwind enroll in a second type.
async fn direct_bill_leave(house: &House) {
    let preapproval = pb::Preapproval {
        domain: "nordwind.example".to_owned(),
        r#type: pb::EnrollmentType::DirectBill.into(),
        expire_time: house.days_ahead(30),
        ..Default::default()
    };
    let leave = pb::CreatePreapprovalRequest { preapproval: Some(preapproval), ..Default::default() };
    house.enrollments().create_preapproval(house.operator(leave).await).await.unwrap();
}

#[tokio::test]
async fn r03_a_second_enrollment_asks_nothing_twice() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let first = house.drafted(&name, RESELLER).await;
        house.fill_in(&name).await;
        house.submit(&first.name).await.unwrap();
        house.approve(&name).await;
        direct_bill_leave(&house).await;
        let second = house.drafted(&name, pb::EnrollmentType::DirectBill).await;
        let submitted = house.submit(&second.name).await.unwrap().enrollment.unwrap();
        assert_eq!(submitted.state(), State::Qualified);
        assert_eq!(house.told::<OpenCaseRequest>("OpenCase").await.len(), 1);
    }
}

#[tokio::test]
async fn r03_checks_that_all_passed_are_no_approval_before_the_reviewer_decides() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let first = house.drafted(&name, RESELLER).await;
        house.fill_in(&name).await;
        house.submit(&first.name).await.unwrap();
        let checks = ["EMAIL", "DOMAIN", "EMPLOYMENT", "AUTHORITY", "BUSINESS"].map(|check| (check, "PASSED"));
        house.record(&name, "IN_REVIEW", &checks, 1).await;
        direct_bill_leave(&house).await;
        let second = house.drafted(&name, pb::EnrollmentType::DirectBill).await;
        let submitted = house.submit(&second.name).await.unwrap().enrollment.unwrap();
        assert_eq!(submitted.state(), State::Verifying);
        house.record(&name, "APPROVED", &checks, 2).await;
        for enrollment in [&first, &second] {
            assert_eq!(house.read(&enrollment.name).await.state(), State::Qualified);
        }
    }
}

#[tokio::test]
async fn a_registration_number_is_enrolled_once() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let first = house.drafted(&name, RESELLER).await;
        house.fill_in(&name).await;
        house.submit(&first.name).await.unwrap();
        let other = house.founded_by("eve@evil.example", "Evil").await;
        let by = "eve@evil.example";
        let request = pb::CreateEnrollmentRequest {
            parent: other.clone(),
            enrollment: Some(pb::Enrollment { r#type: RESELLER.into(), ..Default::default() }),
            ..Default::default()
        };
        let draft = house.enrollments().create_enrollment(house.by(by, request).await).await.unwrap().into_inner();
        let legal = pb::LegalProfile {
            registration_number: "55 6677 8899".to_owned(),
            ..crate::requests::legal_profile(&other)
        };
        let request = pb::UpdateLegalProfileRequest { legal_profile: Some(legal), ..Default::default() };
        house.organizations().update_legal_profile(house.by(by, request).await).await.unwrap();
        let support = Some(crate::requests::support_profile(&other));
        let request = pb::UpdateSupportProfileRequest { support_profile: support, ..Default::default() };
        house.organizations().update_support_profile(house.by(by, request).await).await.unwrap();
        let request = pb::SubmitEnrollmentRequest { name: draft.name, ..Default::default() };
        let twin = house.enrollments().submit_enrollment(house.by(by, request).await).await;
        assert_eq!(reason(twin), "ORGANIZATION_DUPLICATE");
    }
}
