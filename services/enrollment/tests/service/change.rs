//! Legal data that change after they were handed in, and companies that are known already.

use std::collections::BTreeSet;

use futures::future::join_all;
use tonic::{Code, Response, Status};
use wire::enrollment as pb;
use wire::enrollment::enrollment::State;
use wire::relationship::RecordOrganizationRequest;
use wire::verification::{CheckKind, CloseCaseRequest, OpenCaseRequest, UpdateCaseRequest};

use crate::house::{House, houses, reason, refused, with_token};
use crate::requests::{ADA, contact, legal_profile, support_profile};

const RESELLER: pb::EnrollmentType = pb::EnrollmentType::IndirectReseller;

impl House {
    async fn change(&self, organization: &str, legal: pb::LegalProfile) -> Result<pb::LegalProfile, Status> {
        let legal_profile = Some(pb::LegalProfile { name: format!("{organization}/legalProfile"), ..legal });
        let request = pb::UpdateLegalProfileRequest { legal_profile, ..Default::default() };
        self.organizations().update_legal_profile(self.by(ADA, request).await).await.map(Response::into_inner)
    }

    async fn legal(&self, organization: &str) -> pb::LegalProfile {
        let request = pb::GetLegalProfileRequest { name: format!("{organization}/legalProfile") };
        self.organizations().get_legal_profile(self.by(ADA, request).await).await.unwrap().into_inner()
    }

    /// A whole draft of this person's own company, and the token that made it.
    async fn whole_draft(&self, email: &str, display_name: &str, legal: &pb::LegalProfile) -> (String, String) {
        let organization = self.founded_by(email, display_name).await;
        let token = self.session(self.identity(email), "").await.unwrap().access_token;
        let enrollment = Some(pb::Enrollment { r#type: RESELLER.into(), ..Default::default() });
        let request = pb::CreateEnrollmentRequest { parent: organization.clone(), enrollment, ..Default::default() };
        let draft = self.enrollments().create_enrollment(with_token(&token, request)).await.unwrap().into_inner();
        let legal_profile = Some(pb::LegalProfile { name: format!("{organization}/legalProfile"), ..legal.clone() });
        let request = pb::UpdateLegalProfileRequest { legal_profile, ..Default::default() };
        self.organizations().update_legal_profile(with_token(&token, request)).await.unwrap();
        let support_profile = Some(support_profile(&organization));
        let request = pb::UpdateSupportProfileRequest { support_profile, ..Default::default() };
        self.organizations().update_support_profile(with_token(&token, request)).await.unwrap();
        (draft.name, token)
    }

    /// The draft is submitted with the token that made it.
    async fn submit_as(&self, (name, token): &(String, String)) -> Result<(), Status> {
        let request = pb::SubmitEnrollmentRequest { name: name.clone(), ..Default::default() };
        self.enrollments().submit_enrollment(with_token(token, request)).await.map(drop)
    }
}

fn renamed(name: &str) -> pb::LegalProfile {
    pb::LegalProfile { legal_name: name.to_owned(), ..Default::default() }
}

#[tokio::test]
async fn r19_a_change_while_it_is_verified_is_told_to_verification() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let draft = house.drafted(&name, RESELLER).await.name;
        house.fill_in(&name).await;
        house.submit(&draft).await.unwrap();
        let changed = house.change(&name, renamed("Sydwind AB")).await.unwrap();
        assert_eq!((changed.revision, changed.verified_again, changed.pending), (2, vec!["BUSINESS".to_owned()], None));
        let told: Vec<UpdateCaseRequest> = house.told("UpdateCase").await;
        assert_eq!((told[0].legal_name.as_str(), told[0].revision, &told[0].enrollment), ("Sydwind AB", 2, &draft));
        assert_eq!((told[0].touched.as_slice(), told[0].checks.len()), (&[i32::from(CheckKind::Business)][..], 5));
        house.approve(&name).await;
        assert_eq!(house.read(&draft).await.state(), State::Verifying, "the approval was of what it no longer is");
        let emptied = pb::UpdateLegalProfileRequest {
            legal_profile: Some(pb::LegalProfile { name: format!("{name}/legalProfile"), ..Default::default() }),
            update_mask: Some(prost_types::FieldMask { paths: vec!["company_approver".to_owned()] }),
            ..Default::default()
        };
        let emptied = house.organizations().update_legal_profile(house.by(ADA, emptied).await).await;
        assert_eq!(reason(emptied), "REQUIREMENTS_OUTSTANDING");
        let moved = pb::LegalProfile { primary_contact: contact("eva@nordwind.example"), ..Default::default() };
        let moved = house.change(&name, moved).await.unwrap();
        assert_eq!(moved.verified_again, ["EMAIL"]);
        let told: Vec<RecordOrganizationRequest> = house.told("RecordOrganization").await;
        assert_eq!(told.last().unwrap().mail_address, "eva@nordwind.example");
    }
}

#[tokio::test]
async fn r19_after_approval_a_change_waits_beside_what_is_in_force() {
    for house in houses().await {
        let (name, enrollment) = house.active().await;
        let before = house.legal(&name).await;
        let preview = pb::UpdateLegalProfileRequest {
            legal_profile: Some(pb::LegalProfile { name: before.name.clone(), ..renamed("Sydwind AB") }),
            validate_only: true,
            ..Default::default()
        };
        let preview = house.organizations().update_legal_profile(house.by(ADA, preview).await).await.unwrap();
        assert_eq!(preview.into_inner().verified_again, ["BUSINESS"]);
        assert_eq!(house.legal(&name).await, before, "asking changes nothing");
        assert!(house.told::<UpdateCaseRequest>("UpdateCase").await.is_empty());

        house.change(&name, renamed("Sydwind AB")).await.unwrap();
        let both = house.legal(&name).await;
        assert_eq!((both.legal_name.as_str(), both.revision, both.vetted_revision), ("Nordwind AB", 1, 1));
        let pending = both.pending.unwrap();
        assert_eq!(
            (pending.legal_name.as_str(), pending.revision, pending.case_state.as_str()),
            ("Sydwind AB", 2, "REQUESTED")
        );
        assert_eq!(pending.open_checks, ["BUSINESS"]);
        let told: Vec<UpdateCaseRequest> = house.told("UpdateCase").await;
        assert_eq!(told[0].checks, [i32::from(CheckKind::Business)], "a case for what the change touches, and no more");
        assert_eq!(house.read(&enrollment).await.state(), State::Active);

        let others = [("EMAIL", "PASSED"), ("DOMAIN", "PASSED"), ("EMPLOYMENT", "PASSED"), ("AUTHORITY", "PASSED")];
        house.record_of(&name, ('k', 2), "IN_REVIEW", &[&others[..], &[("BUSINESS", "PENDING")]].concat(), 1).await;
        assert_eq!(house.legal(&name).await.pending.unwrap().case_state, "IN_REVIEW");
        house.record_of(&name, ('k', 2), "APPROVED", &[&others[..], &[("BUSINESS", "PASSED")]].concat(), 2).await;
        let adopted = house.legal(&name).await;
        assert_eq!((adopted.legal_name.as_str(), adopted.revision, adopted.vetted_revision), ("Sydwind AB", 2, 2));
        assert_eq!(adopted.pending, None);
        assert_eq!(house.read(&enrollment).await.state(), State::Active, "the enrollment never moved");
    }
}

#[tokio::test]
async fn r19_a_change_that_is_not_approved_is_dropped_and_one_taken_back_ends_its_case() {
    for house in houses().await {
        let (name, _) = house.active().await;
        house.change(&name, renamed("Sydwind AB")).await.unwrap();
        house.record_of(&name, ('k', 2), "REJECTED", &[("BUSINESS", "FAILED")], 1).await;
        let kept = house.legal(&name).await;
        assert_eq!((kept.legal_name.as_str(), kept.pending), ("Nordwind AB", None));
        house.change(&name, renamed("Vestwind AB")).await.unwrap();
        assert_eq!(house.legal(&name).await.pending.unwrap().revision, 3);
        let back = house.change(&name, renamed("NORDWIND ab")).await.unwrap();
        assert_eq!((back.pending, back.verified_again.len()), (None, 0));
        assert_eq!(house.told::<CloseCaseRequest>("CloseCase").await.len(), 1);
        let spelled = house.change(&name, renamed("NORDWIND AB")).await.unwrap();
        assert_eq!(
            (spelled.legal_name.as_str(), spelled.revision),
            ("NORDWIND AB", 1),
            "spelling is nothing to verify"
        );
        assert_eq!(house.told::<UpdateCaseRequest>("UpdateCase").await.len(), 2);
    }
}

#[tokio::test]
async fn r01_a_number_that_is_enrolled_is_refused_and_a_name_is_told_to_the_reviewer() {
    for house in houses().await {
        let (name, _) = house.active().await;
        let eve = "eve@evil.example";
        let legal = pb::LegalProfile {
            legal_name: "NORDWIND Ltd.".to_owned(),
            registration_number: "５５ 6677-8899".to_owned(),
            ..legal_profile(&name)
        };
        let (draft, _) = house.whole_draft(eve, "Evil", &legal).await;
        let submit = pb::SubmitEnrollmentRequest { name: draft.clone(), ..Default::default() };
        let twin = refused(house.enrollments().submit_enrollment(house.by(eve, submit.clone()).await).await);
        assert_eq!(twin.reason, "ORGANIZATION_DUPLICATE");
        assert!(!format!("{:?}", twin.metadata).contains(&name), "whose it is, nobody learns");
        let organization = draft.split("/enrollments").next().unwrap();
        let own = pb::LegalProfile {
            name: format!("{organization}/legalProfile"),
            registration_number: "556677-0000".to_owned(),
            ..Default::default()
        };
        let request = pb::UpdateLegalProfileRequest { legal_profile: Some(own), ..Default::default() };
        house.organizations().update_legal_profile(house.by(eve, request).await).await.unwrap();
        house.enrollments().submit_enrollment(house.by(eve, submit).await).await.unwrap();
        let cases: Vec<OpenCaseRequest> = house.told("OpenCase").await;
        let of = |organization: &str| cases.iter().find(|case| case.organization == organization).unwrap();
        assert!(!of(&name).namesake && of(organization).namesake);
        assert_eq!(of(&name).registration_number_check(), wire::verification::NumberCheck::Digits);
        let taken = pb::LegalProfile { registration_number: "556677-0000".to_owned(), ..Default::default() };
        assert_eq!(reason(house.change(&name, taken).await), "ORGANIZATION_DUPLICATE", "not by a change either");
    }
}

#[tokio::test]
async fn r01_of_many_who_enroll_the_same_company_at_once_one_does() {
    const MANY: usize = 32;
    for house in houses().await {
        let mut calls = Vec::new();
        for number in 0..MANY {
            let email = format!("ada@company{number}.example");
            calls.push(house.whole_draft(&email, "Nordwind", &legal_profile("")).await);
        }
        let answers = join_all(calls.iter().map(|call| house.submit_as(call))).await;
        let mut worked = 0;
        let mut told = BTreeSet::new();
        for (call, mut answer) in calls.iter().zip(answers) {
            // Who waited too long for its turn is told to try again.
            if answer.as_ref().is_err_and(|status| status.code() == Code::Unavailable) {
                answer = house.submit_as(call).await;
            }
            match answer {
                Ok(()) => worked += 1,
                Err(status) => {
                    told.insert(status.message().to_owned());
                    assert_eq!(reason(Err::<(), _>(status)), "ORGANIZATION_DUPLICATE");
                }
            }
        }
        assert_eq!((worked, told.len()), (1, 1), "all others learn the same, and nothing of the one: {told:?}");
        assert_eq!(house.told::<OpenCaseRequest>("OpenCase").await.len(), 1);
    }
}
