//! A whole review while enrollment is away, and a whole application while verification is (R23, R25).

use linkage::ServiceName;
use serde_json::{Value, json};

use crate::harness::call::{NOBODY, holds, list, text};
use crate::harness::{Stage, each};
use crate::scenes::{Applicant, Capacity, Company};

/// An act on the case: its newest etag is shown.
async fn act(stage: &mut Stage, who: &str, rpc: &str, case: &Value, more: Value) -> Value {
    let mut request = more;
    request["name"] = case["name"].clone();
    request["etag"] = case["etag"].clone();
    stage.ok(who, &format!("verification.VettingService/{rpc}"), request).await
}

/// What the journal tells of a subject, the oldest first, without what happens beside.
async fn moves(stage: &mut Stage, applicant: &Applicant) -> Vec<String> {
    let events = json!({ "subject": applicant.enrollment, "page_size": 200 });
    stage.settle().await;
    let answer = stage.ok(&applicant.admin, "event.EventService/ListEvents", events).await;
    list(&answer, "events").iter().map(|event| text(event, "to_state")).filter(|state| !state.is_empty()).collect()
}

#[tokio::test]
async fn r25_a_whole_review_reaches_enrollment_in_order_when_it_is_back() {
    each(async |stage| {
        let (applicant, _) = stage.submitted(Company::FJALLMOLN).await;
        let programme = stage.programme().await;
        let (operator, rita, rune) = (stage.operator(), programme.reviewer, "rune.reviewer@linkage.example");
        let user = json!({ "email": rune, "display_name": "Rune", "roles": ["ROLE_REVIEWER"] });
        let user = json!({ "parent": programme.organization, "user": user });
        stage.ok(&operator, "enrollment.UserService/CreateUser", user).await;
        // All hold tokens from before, and verification knows the keys to check them with.
        let queue = json!({ "parent": applicant.organization });
        for who in [rita.as_str(), rune, &applicant.admin] {
            stage.ok(who, "verification.VettingService/ListVettingCases", queue.clone()).await;
        }
        stage.stop(ServiceName::Enrollment).await;
        stage.confirm_both(&applicant).await;
        let case = stage.claim(&applicant.organization).await;
        let question = json!({ "questions": [{ "field_path": "address", "text": "Which floor is it?" }] });
        act(stage, &rita, "RequestInformation", &case, question).await;
        let answer = json!({ "name": case["name"], "answers": [{ "number": 1, "text": "The second." }] });
        let case = stage.ok(&applicant.admin, "verification.VettingService/SubmitInformation", answer).await;
        let failed = json!({ "kind": "CHECK_KIND_BUSINESS", "status": "CHECK_STATUS_FAILED", "reason": "NOT_SHOWN" });
        let case = act(stage, &rita, "DecideCheck", &case, failed).await;
        let refusal = json!({ "reason": "NOT_SHOWN", "explanation": "No extract was sent." });
        let case = act(stage, &rita, "RejectVettingCase", &case, refusal).await;
        let case = act(stage, &applicant.admin, "AppealVettingCase", &case, json!({ "text": "It is here." })).await;
        let mut case = act(stage, rune, "ClaimVettingCase", &case, json!({})).await;
        for kind in ["DOMAIN", "EMPLOYMENT", "BUSINESS"] {
            let passed = json!({ "kind": format!("CHECK_KIND_{kind}"), "status": "CHECK_STATUS_PASSED" });
            case = act(stage, rune, "DecideCheck", &case, passed).await;
        }
        act(stage, rune, "ApproveVettingCase", &case, json!({})).await;
        assert!(stage.stuck().await.len() >= 10, "all of it waits: {:?}", stage.stuck().await);
        stage.restart(ServiceName::Enrollment).await;
        stage.settle().await;
        holds(&stage.enrollment(&applicant).await, json!({ "state": "STATE_QUALIFIED" }));
        let moves = moves(stage, &applicant).await;
        assert_eq!(moves, ["DRAFT", "VERIFYING", "REJECTED", "VERIFYING", "QUALIFIED"], "each step, in its order");
    })
    .await;
}

#[tokio::test]
async fn r23_an_appeal_that_fails_ends_the_enrollment() {
    each(async |stage| {
        let (applicant, _) = stage.submitted(Company::FJALLMOLN).await;
        let programme = stage.programme().await;
        let (operator, rita, rune) = (stage.operator(), programme.reviewer, "rune.reviewer@linkage.example");
        let user = json!({ "email": rune, "display_name": "Rune", "roles": ["ROLE_REVIEWER"] });
        let user = json!({ "parent": programme.organization, "user": user });
        stage.ok(&operator, "enrollment.UserService/CreateUser", user).await;
        stage.confirm(&applicant.company.contact(), "email-verification").await;
        let refusal = json!({ "reason": "NOT_A_COMPANY", "explanation": "The register has no such company." });
        let case = stage.claim(&applicant.organization).await;
        let case = act(stage, &rita, "RejectVettingCase", &case, refusal.clone()).await;
        stage.settle().await;
        holds(&stage.enrollment(&applicant).await, json!({ "state": "STATE_REJECTED" }));
        let case = act(stage, &applicant.admin, "AppealVettingCase", &case, json!({ "text": "It has." })).await;
        stage.settle().await;
        holds(&stage.enrollment(&applicant).await, json!({ "state": "STATE_VERIFYING" }));
        let case = act(stage, rune, "ClaimVettingCase", &case, json!({})).await;
        act(stage, rune, "RejectVettingCase", &case, refusal).await;
        stage.settle().await;
        holds(&stage.enrollment(&applicant).await, json!({ "state": "STATE_ENDED" }));
    })
    .await;
}

#[tokio::test]
async fn r25_verification_that_was_away_learns_all_in_order_when_it_is_back() {
    each(async |stage| {
        let applicant = stage.applicant(Company::FJALLMOLN, Capacity::Reseller).await;
        stage.stop(ServiceName::Verification).await;
        let name = json!({ "name": applicant.enrollment });
        stage.submit(&applicant).await;
        for rpc in ["WithdrawEnrollment", "ReopenEnrollment"] {
            stage.ok(&applicant.admin, &format!("enrollment.EnrollmentService/{rpc}"), name.clone()).await;
        }
        stage.submit(&applicant).await;
        assert!(!stage.stuck().await.is_empty(), "it waits");
        stage.restart(ServiceName::Verification).await;
        stage.settle().await;
        let reviewer = stage.programme().await.reviewer;
        let cases = json!({ "parent": applicant.organization });
        let cases = stage.ok(&reviewer, "verification.VettingService/ListVettingCases", cases).await;
        let states: Vec<_> = list(&cases, "vetting_cases").iter().map(|case| text(case, "state")).collect();
        assert_eq!(states, ["STATE_WITHDRAWN", "STATE_AWAITING_EMAIL"]);
        // The withdrawn case asked too, and an answer to it moves nothing.
        for token in stage.tokens(&applicant.company.contact(), "email-verification").await {
            let request = json!({ "token": token, "claim_answer": "ANSWER_YES", "address_answer": "ANSWER_YES" });
            stage.call(NOBODY, "verification.EmailVerificationService/ConfirmEmailVerification", request).await;
        }
        stage.confirm(&applicant.company.approver(), "approver-verification").await;
        stage.settle().await;
        stage.approve(&applicant.organization).await;
        holds(&stage.enrollment(&applicant).await, json!({ "state": "STATE_QUALIFIED" }));
    })
    .await;
}
