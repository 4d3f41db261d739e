//! The reviewer's work (R22, R23) and its deadlines (R24).

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::call::{NOBODY, holds, list, text};
use crate::harness::each;
use crate::scenes::Company;

const INSPECT: &str = "verification.EmailVerificationService/InspectEmailVerification";
const CONFIRM: &str = "verification.EmailVerificationService/ConfirmEmailVerification";
const CLAIM: &str = "verification.VettingService/ClaimVettingCase";
const DECIDE: &str = "verification.VettingService/DecideCheck";
const APPROVE: &str = "verification.VettingService/ApproveVettingCase";

#[tokio::test]
async fn r22_vetting_goes_on_only_after_the_contact_and_needs_every_check() {
    each(async |stage| {
        let (applicant, _) = stage.submitted(Company::FJALLMOLN).await;
        let reviewer = stage.programme().await.reviewer;
        let case = stage.case(&applicant.organization).await;
        holds(&case, json!({ "state": "STATE_AWAITING_EMAIL" }));
        stage.refused(&reviewer, CLAIM, json!({ "name": case["name"] }), "FAILED_PRECONDITION", "STATE_FORBIDS").await;
        assert!(stage.mails(&applicant.company.approver(), "approver-verification").await.is_empty());
        stage.confirm(&applicant.company.contact(), "email-verification").await;
        let mut case = stage.claim(&applicant.organization).await;
        for kind in ["DOMAIN", "EMPLOYMENT", "BUSINESS"] {
            let request = json!({ "name": case["name"], "etag": case["etag"] });
            let refused = stage.refused(&reviewer, APPROVE, request, "FAILED_PRECONDITION", "CHECKS_OUTSTANDING").await;
            assert!(text(&refused, "metadata.checks").contains(kind), "{refused}");
            let request = json!({ "name": case["name"], "etag": case["etag"], "kind": format!("CHECK_KIND_{kind}"), "status": "CHECK_STATUS_PASSED" });
            case = stage.ok(&reviewer, DECIDE, request).await;
        }
        let request = json!({ "name": case["name"], "etag": case["etag"] });
        let refused = stage.refused(&reviewer, APPROVE, request, "FAILED_PRECONDITION", "CHECKS_OUTSTANDING").await;
        assert_eq!(text(&refused, "metadata.checks"), "AUTHORITY");
        stage.confirm(&applicant.company.approver(), "approver-verification").await;
        let case = stage.case(&applicant.organization).await;
        let request = json!({ "name": case["name"], "etag": case["etag"] });
        holds(&stage.ok(&reviewer, APPROVE, request).await, json!({ "state": "STATE_APPROVED" }));
        stage.settle().await;
        holds(&stage.enrollment(&applicant).await, json!({ "state": "STATE_QUALIFIED" }));
    })
    .await;
}

#[tokio::test]
async fn r22_an_approver_who_says_no_leaves_the_authority_unproven() {
    each(async |stage| {
        let (applicant, _) = stage.submitted(Company::FJALLMOLN).await;
        stage.confirm(&applicant.company.contact(), "email-verification").await;
        let token = stage.token(&applicant.company.approver(), "approver-verification").await;
        let asked = stage.ok(NOBODY, INSPECT, json!({ "token": token })).await;
        holds(&asked, json!({ "purpose": "PURPOSE_APPROVER", "applicant": "Ada Admin" }));
        let no = json!({ "token": token, "claim_answer": "ANSWER_NO", "address_answer": "ANSWER_YES" });
        holds(&stage.ok(NOBODY, CONFIRM, no).await, json!({ "state": "STATE_DENIED" }));
        let mut case = stage.claim(&applicant.organization).await;
        holds(&case, json!({ "checks": [{ "kind": "CHECK_KIND_AUTHORITY", "status": "CHECK_STATUS_FAILED",
            "reason": "APPROVER_DENIED", "waiting_party": "PARTY_GLOBAL_ADMIN" }] }));
        let operator = stage.operator();
        let alert = stage.mail(&operator, "approver-denied").await;
        assert!(text(&alert, "text").contains("Ada Admin"), "{alert:#}");
        let reviewer = stage.programme().await.reviewer;
        for status in [json!({ "status": "CHECK_STATUS_PASSED" }), json!({ "status": "CHECK_STATUS_WAIVED", "reason": "KNOWN" })] {
            let mut request = json!({ "name": case["name"], "etag": case["etag"], "kind": "CHECK_KIND_AUTHORITY" });
            request.as_object_mut().expect("an object").extend(status.as_object().cloned().expect("an object"));
            stage.refused(&reviewer, DECIDE, request, "FAILED_PRECONDITION", "APPROVER_DENIED").await;
        }
        for kind in ["DOMAIN", "EMPLOYMENT", "BUSINESS"] {
            let request = json!({ "name": case["name"], "etag": case["etag"], "kind": format!("CHECK_KIND_{kind}"), "status": "CHECK_STATUS_PASSED" });
            case = stage.ok(&reviewer, DECIDE, request).await;
        }
        let request = json!({ "name": case["name"], "etag": case["etag"] });
        stage.refused(&reviewer, APPROVE, request, "FAILED_PRECONDITION", "CHECKS_OUTSTANDING").await;
        holds(&stage.enrollment(&applicant).await, json!({ "state": "STATE_VERIFYING", "requirements": [{
            "code": "REQUIREMENT_CODE_AUTHORITY", "actor": "PARTY_GLOBAL_ADMIN",
            "method": "linkage.enrollment.v1.OrganizationService/UpdateLegalProfile" }] }));
        let eva = json!({ "given_name": "Eva", "family_name": "Eng", "email": "eva.eng@fjallmoln.example" });
        let profile = json!({ "name": format!("{}/legalProfile", applicant.organization), "company_approver": eva });
        stage.ok(&applicant.admin, "enrollment.OrganizationService/UpdateLegalProfile", json!({ "legal_profile": profile })).await;
        stage.confirm("eva.eng@fjallmoln.example", "approver-verification").await;
        let case = stage.case(&applicant.organization).await;
        let request = json!({ "name": case["name"], "etag": case["etag"] });
        holds(&stage.ok(&reviewer, APPROVE, request).await, json!({ "state": "STATE_APPROVED" }));
    })
    .await;
}

#[tokio::test]
async fn r23_a_rejection_says_why_and_until_when_and_ends_when_nobody_appeals() {
    each(async |stage| {
        let (applicant, _) = stage.submitted(Company::FJALLMOLN).await;
        stage.confirm(&applicant.company.contact(), "email-verification").await;
        let reviewer = stage.programme().await.reviewer;
        let case = stage.claim(&applicant.organization).await;
        let refusal = json!({ "name": case["name"], "etag": case["etag"], "reason": "NOT_A_COMPANY", "explanation": "It is in no register." });
        let case = stage.ok(&reviewer, "verification.VettingService/RejectVettingCase", refusal).await;
        assert!(case["appeal_by_time"].is_string(), "{case:#}");
        let seen = json!({ "name": case["name"] });
        let seen = stage.ok(&applicant.admin, "verification.VettingService/GetVettingCase", seen).await;
        holds(&seen, json!({ "next_actions": [{ "method": "linkage.verification.v1.EvidenceService/UploadEvidence" },
            { "method": "linkage.verification.v1.VettingService/AppealVettingCase" }] }));
        stage.settle().await;
        for who in [applicant.company.contact(), applicant.admin.clone()] {
            let mail = text(&stage.mail(&who, "enrollment-status").await, "text");
            assert!(mail.contains("It is in no register."), "{mail}");
            let day = text(&case, "appeal_by_time")[..4].to_owned();
            assert!(mail.contains(&day) && (mail.contains("appeal") || mail.contains("överklaga")), "{mail}");
        }
        holds(&stage.enrollment(&applicant).await, json!({ "state": "STATE_REJECTED", "requirements": [{
            "method": "linkage.verification.v1.VettingService/AppealVettingCase", "due_time": case["appeal_by_time"] }] }));
        stage.advance(TimeDelta::days(31)).await;
        stage.settle().await;
        holds(&stage.enrollment(&applicant).await, json!({ "state": "STATE_ENDED", "state_reason": "NOT_A_COMPANY" }));
        let appeal = json!({ "name": case["name"], "text": "It is." });
        let rpc = "verification.VettingService/AppealVettingCase";
        stage.refused(&applicant.admin, rpc, appeal, "FAILED_PRECONDITION", "APPEAL_LATE").await;
    })
    .await;
}

#[tokio::test]
async fn r18_who_withdraws_what_was_rejected_appeals_no_more_and_applies_anew() {
    each(async |stage| {
        let (applicant, _) = stage.submitted(Company::FJALLMOLN).await;
        stage.confirm_both(&applicant).await;
        let reviewer = stage.programme().await.reviewer;
        let case = stage.claim(&applicant.organization).await;
        let refusal = json!({ "name": case["name"], "etag": case["etag"], "reason": "NOT_SHOWN", "explanation": "No extract was sent." });
        stage.ok(&reviewer, "verification.VettingService/RejectVettingCase", refusal).await;
        stage.settle().await;
        let name = json!({ "name": applicant.enrollment });
        stage.ok(&applicant.admin, "enrollment.EnrollmentService/WithdrawEnrollment", name.clone()).await;
        stage.settle().await;
        let appeal = json!({ "name": case["name"], "text": "It is here." });
        let rpc = "verification.VettingService/AppealVettingCase";
        stage.refused(&applicant.admin, rpc, appeal, "FAILED_PRECONDITION", "APPEAL_LATE").await;
        stage.ok(&applicant.admin, "enrollment.EnrollmentService/ReopenEnrollment", name).await;
        stage.submit(&applicant).await;
        stage.approve(&applicant.organization).await;
        holds(&stage.enrollment(&applicant).await, json!({ "state": "STATE_QUALIFIED" }));
    })
    .await;
}

#[tokio::test]
async fn r23_one_reviewer_at_a_time_and_nobody_their_own() {
    each(async |stage| {
        let (applicant, _) = stage.submitted(Company::FJALLMOLN).await;
        stage.confirm_both(&applicant).await;
        let programme = stage.programme().await;
        let (rita, operator) = (programme.reviewer, stage.operator());
        let rune = "rune.reviewer@linkage.example".to_owned();
        let user = json!({ "email": rune, "display_name": "Rune", "roles": ["ROLE_REVIEWER"] });
        let user = json!({ "parent": programme.organization, "user": user });
        stage.ok(&operator, "enrollment.UserService/CreateUser", user).await;
        let queue = json!({ "parent": "organizations/-", "state": "STATE_QUEUED" });
        let queue = stage.ok(&rita, "verification.VettingService/ListVettingCases", queue).await;
        let name = list(&queue, "vetting_cases")[0]["name"].clone();
        stage.refused(&applicant.admin, CLAIM, json!({ "name": name }), "PERMISSION_DENIED", "ROLE_REQUIRED").await;
        let case = stage.ok(&rita, CLAIM, json!({ "name": name })).await;
        stage.refused(&rune, CLAIM, json!({ "name": name }), "FAILED_PRECONDITION", "CLAIMED_BY_OTHER").await;
        let decide = |etag: &Value| json!({ "name": name, "etag": etag, "kind": "CHECK_KIND_DOMAIN", "status": "CHECK_STATUS_PASSED" });
        stage.refused(&rune, DECIDE, decide(&case["etag"]), "FAILED_PRECONDITION", "NOT_CLAIMANT").await;
        let approve = json!({ "name": name, "etag": case["etag"] });
        stage.refused(&rune, APPROVE, approve, "FAILED_PRECONDITION", "NOT_CLAIMANT").await;
        stage.ok(&rita, DECIDE, decide(&case["etag"])).await;
        stage.refused(&rita, DECIDE, decide(&case["etag"]), "ABORTED", "ETAG_MISMATCH").await;
        let seen = stage.ok(&applicant.admin, "verification.VettingService/GetVettingCase", json!({ "name": name })).await;
        assert_eq!(seen["claimant"], json!(""), "the applicant doesn't learn who reviews");
        let seen = stage.ok(&rune, "verification.VettingService/GetVettingCase", json!({ "name": name })).await;
        assert_eq!(seen["claimant"], case["claimant"]);
    })
    .await;
}

#[tokio::test]
async fn r23_nobody_reviews_their_own_organization() {
    each(async |stage| {
        let programme = stage.programme().await;
        let operator = stage.operator();
        let own = Company::FJALLMOLN;
        let legal = json!({ "legal_profile": own.legal_profile(&programme.organization) });
        stage.ok(&operator, "enrollment.OrganizationService/UpdateLegalProfile", legal).await;
        let support = json!({ "support_profile": own.support_profile(&programme.organization) });
        stage.ok(&operator, "enrollment.OrganizationService/UpdateSupportProfile", support).await;
        let draft =
            json!({ "parent": programme.organization, "enrollment": { "type": "ENROLLMENT_TYPE_INDIRECT_RESELLER" } });
        let draft = stage.ok(&operator, "enrollment.EnrollmentService/CreateEnrollment", draft).await;
        stage.ok(&operator, "enrollment.EnrollmentService/SubmitEnrollment", json!({ "name": draft["name"] })).await;
        stage.confirm(&own.contact(), "email-verification").await;
        let case = stage.case(&programme.organization).await;
        stage
            .refused(&programme.reviewer, CLAIM, json!({ "name": case["name"] }), "PERMISSION_DENIED", "SELF_REVIEW")
            .await;
    })
    .await;
}

#[tokio::test]
async fn r24_a_case_nobody_answers_closes_and_the_draft_comes_back() {
    each(async |stage| {
        let (applicant, _) = stage.submitted(Company::FJALLMOLN).await;
        let case = stage.case(&applicant.organization).await;
        assert!(case["due_time"].is_string());
        stage.advance(TimeDelta::days(6)).await;
        holds(&stage.case(&applicant.organization).await, json!({ "state": "STATE_AWAITING_EMAIL" }));
        stage.advance(TimeDelta::days(2)).await;
        holds(&stage.case(&applicant.organization).await, json!({ "state": "STATE_EXPIRED" }));
        holds(&stage.enrollment(&applicant).await, json!({ "state": "STATE_DRAFT" }));
        let told = stage.mails(&applicant.company.contact(), "enrollment-status").await.len();
        assert_eq!(told, 2, "VERIFYING and DRAFT");
        stage.submit(&applicant).await;
        stage.confirm_both(&applicant).await;
        stage.approve(&applicant.organization).await;
        holds(&stage.enrollment(&applicant).await, json!({ "state": "STATE_QUALIFIED" }));
    })
    .await;
}
