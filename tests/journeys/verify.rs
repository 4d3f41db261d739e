//! Is it true? The mailed questions (R20, R21), the reviewer's work (R22, R23) and its deadlines (R24).

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::call::{NOBODY, holds, list, text};
use crate::harness::{Stage, each};
use crate::scenes::{Applicant, Capacity, Company};

const INSPECT: &str = "verification.EmailVerificationService/InspectEmailVerification";
const CONFIRM: &str = "verification.EmailVerificationService/ConfirmEmailVerification";
const GET: &str = "verification.EmailVerificationService/GetEmailVerification";
const CLAIM: &str = "verification.VettingService/ClaimVettingCase";
const DECIDE: &str = "verification.VettingService/DecideCheck";
const APPROVE: &str = "verification.VettingService/ApproveVettingCase";

/// A submitted enrollment and the token that its contact was mailed.
async fn submitted(stage: &mut Stage) -> (Applicant, String) {
    let applicant = stage.applicant(Company::FJALLMOLN, Capacity::Reseller).await;
    stage.submit(&applicant).await;
    let token = stage.token(&applicant.company.contact(), "email-verification").await;
    (applicant, token)
}

fn yes(token: &str) -> Value {
    json!({ "token": token, "claim_answer": "ANSWER_YES", "address_answer": "ANSWER_YES" })
}

/// The short code of a mail, which its reader sees too.
fn code_in(mail: &Value) -> String {
    let code = text(mail, "links.confirm_code");
    assert!(text(mail, "text").contains(&code) && text(mail, "html").contains(&code), "{mail:#}");
    code
}

#[tokio::test]
async fn r20_opening_a_link_changes_nothing_and_its_answers_count_once() {
    each(async |stage| {
        let (applicant, token) = submitted(stage).await;
        let before = stage.trail(&stage.operator()).await.len();
        let first = stage.ok(NOBODY, INSPECT, json!({ "token": token })).await;
        holds(&first, json!({ "state": "STATE_PENDING", "purpose": "PURPOSE_CONTACT", "company": "Fjällmoln AB" }));
        assert_eq!(list(&first, "questions").len(), 2);
        assert!(list(&first, "questions")[0].as_str().expect("text").contains("partnerprogrammet"), "in Swedish");
        assert!(!first.to_string().contains(&applicant.company.contact()), "the address is hidden");
        for _ in 0..3 {
            assert_eq!(stage.ok(NOBODY, INSPECT, json!({ "token": token })).await, first);
        }
        assert_eq!(stage.trail(&stage.operator()).await.len(), before, "nothing happened");
        let unanswered = json!({ "token": token, "claim_answer": "ANSWER_YES" });
        let refused = stage.refused(NOBODY, CONFIRM, unanswered, "INVALID_ARGUMENT", "FIELD_INVALID").await;
        holds(&refused, json!({ "violations": [{ "field": "address_answer" }] }));
        let done = stage.ok(NOBODY, CONFIRM, yes(&token)).await;
        holds(&done, json!({ "state": "STATE_VERIFIED" }));
        stage.refused(NOBODY, CONFIRM, yes(&token), "FAILED_PRECONDITION", "TOKEN_USED").await;
        let read = stage.ok(&applicant.admin, GET, json!({ "name": done["name"] })).await;
        holds(&read, json!({ "state": "STATE_VERIFIED", "purpose": "PURPOSE_CONTACT" }));
        let strangers = stage.draft(Company::ORESKY, Capacity::Reseller).await;
        stage.refused(&strangers.admin, GET, json!({ "name": done["name"] }), "NOT_FOUND", "RESOURCE_MISSING").await;
    })
    .await;
}

#[tokio::test]
async fn r20_not_us_stops_the_case() {
    each(async |stage| {
        let (applicant, token) = submitted(stage).await;
        let no = json!({ "token": token, "claim_answer": "ANSWER_NO", "address_answer": "ANSWER_YES" });
        holds(&stage.ok(NOBODY, CONFIRM, no).await, json!({ "state": "STATE_DENIED" }));
        let case = stage.case(&applicant.organization).await;
        holds(&case, json!({ "state": "STATE_REJECTED", "reason": "NOT_US" }));
        holds(&stage.enrollment(&applicant).await, json!({ "state": "STATE_REJECTED" }));
        stage.refused(NOBODY, CONFIRM, yes(&token), "FAILED_PRECONDITION", "TOKEN_USED").await;
        let reviewer = stage.programme().await.reviewer;
        stage.refused(&reviewer, CLAIM, json!({ "name": case["name"] }), "FAILED_PRECONDITION", "STATE_FORBIDS").await;
    })
    .await;
}

#[tokio::test]
async fn r21_wrong_codes_are_counted_and_five_of_them_lock_it() {
    each(async |stage| {
        let (applicant, token) = submitted(stage).await;
        let mail = stage.mail(&applicant.company.contact(), "email-verification").await;
        let name = text(&stage.ok(NOBODY, INSPECT, json!({ "token": token })).await, "name");
        let by_code = |code: &str| json!({ "name": name, "code": code, "claim_answer": "ANSWER_YES", "address_answer": "ANSWER_YES" });
        let right = code_in(&mail);
        let wrong = if right.starts_with('0') { "1".repeat(8) } else { "0".repeat(8) };
        for left in ["4", "3", "2", "1"] {
            let refused = stage.refused(NOBODY, CONFIRM, by_code(&wrong), "NOT_FOUND", "TOKEN_UNKNOWN").await;
            holds(&refused, json!({ "metadata": { "tries_left": left } }));
        }
        let last = stage.call(NOBODY, CONFIRM, by_code(&wrong)).await;
        assert_ne!(last.code, tonic::Code::Ok);
        let locked = stage.ok(&applicant.admin, GET, json!({ "name": name })).await;
        holds(&locked, json!({ "state": "STATE_LOCKED", "tries_left": 0 }));
        stage.refused(NOBODY, CONFIRM, by_code(&right), "FAILED_PRECONDITION", "LOCKED").await;
        stage.refused(NOBODY, CONFIRM, yes(&token), "FAILED_PRECONDITION", "LOCKED").await;
        let nowhere = format!("{}/emailVerifications/{}", applicant.organization, "0".repeat(26));
        let unknown = json!({ "name": nowhere, "code": right, "claim_answer": "ANSWER_YES", "address_answer": "ANSWER_YES" });
        stage.refused(NOBODY, CONFIRM, unknown, "NOT_FOUND", "TOKEN_UNKNOWN").await;
    })
    .await;
}

#[tokio::test]
async fn r21_the_right_code_works_without_the_link() {
    each(async |stage| {
        let (applicant, token) = submitted(stage).await;
        let mail = stage.mail(&applicant.company.contact(), "email-verification").await;
        let name = text(&stage.ok(NOBODY, INSPECT, json!({ "token": token })).await, "name");
        let code = code_in(&mail).to_uppercase();
        let request =
            json!({ "name": name, "code": code, "claim_answer": "ANSWER_YES", "address_answer": "ANSWER_YES" });
        holds(&stage.ok(NOBODY, CONFIRM, request.clone()).await, json!({ "state": "STATE_VERIFIED" }));
        stage.refused(NOBODY, CONFIRM, request, "FAILED_PRECONDITION", "TOKEN_USED").await;
    })
    .await;
}

#[tokio::test]
async fn r21_forged_expired_and_unknown_links_each_get_their_answer() {
    each(async |stage| {
        let (applicant, token) = submitted(stage).await;
        let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
        let last = if parts[3].starts_with('0') { "1" } else { "0" };
        let mac = parts[3].clone();
        parts[3] = format!("{last}{}", &mac[1..]);
        let forged = parts.join(".");
        parts[3] = mac;
        parts[2] = "2".to_owned();
        let other_generation = parts.join(".");
        for token in [forged.as_str(), other_generation.as_str(), "nonsense", "1.2.3.4"] {
            let answer = stage.call(NOBODY, CONFIRM, yes(token)).await;
            assert_eq!(answer.reason, "TOKEN_UNKNOWN", "{token}: {answer:?}");
            let answer = stage.call(NOBODY, INSPECT, json!({ "token": token })).await;
            assert_eq!(answer.reason, "TOKEN_UNKNOWN", "{token}: {answer:?}");
        }
        stage.advance(TimeDelta::days(8)).await;
        stage.refused(NOBODY, CONFIRM, yes(&token), "FAILED_PRECONDITION", "TOKEN_EXPIRED").await;
        holds(&stage.ok(NOBODY, INSPECT, json!({ "token": token })).await, json!({ "state": "STATE_EXPIRED" }));
        holds(&stage.case(&applicant.organization).await, json!({ "state": "STATE_EXPIRED" }));
    })
    .await;
}

#[tokio::test]
async fn r21_no_token_or_code_is_at_rest_where_mail_waits() {
    each(async |stage| {
        let applicant = stage.applicant(Company::FJALLMOLN, Capacity::Reseller).await;
        stage.submit(&applicant).await;
        stage.stop(linkage::ServiceName::Notification).await;
        stage.settle().await;
        let mut waiting = Vec::new();
        for node in stage.suite.nodes() {
            waiting.extend(node.outbox_rows().await.expect("the outbox is read"));
        }
        let payloads: Vec<_> = waiting.iter().map(|row| String::from_utf8_lossy(&row.payload).into_owned()).collect();
        assert!(payloads.iter().any(|payload| payload.contains("email-verification")), "the mail waits");
        stage.restart(linkage::ServiceName::Notification).await;
        let token = stage.token(&applicant.company.contact(), "email-verification").await;
        let code = code_in(&stage.mail(&applicant.company.contact(), "email-verification").await);
        let mac = token.rsplit('.').next().expect("a MAC").to_owned();
        for secret in [mac, code] {
            assert!(payloads.iter().all(|payload| !payload.contains(&secret)), "{secret} was at rest");
        }
    })
    .await;
}

#[tokio::test]
async fn r22_vetting_goes_on_only_after_the_contact_and_needs_every_check() {
    each(async |stage| {
        let (applicant, _) = submitted(stage).await;
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
async fn r23_one_reviewer_at_a_time_and_nobody_their_own() {
    each(async |stage| {
        let (applicant, _) = submitted(stage).await;
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
        let (applicant, _) = submitted(stage).await;
        let case = stage.case(&applicant.organization).await;
        assert!(case["due_time"].is_string());
        stage.advance(TimeDelta::days(6)).await;
        holds(&stage.case(&applicant.organization).await, json!({ "state": "STATE_AWAITING_EMAIL" }));
        stage.advance(TimeDelta::days(2)).await;
        holds(&stage.case(&applicant.organization).await, json!({ "state": "STATE_EXPIRED" }));
        holds(&stage.enrollment(&applicant).await, json!({ "state": "STATE_DRAFT" }));
        stage.submit(&applicant).await;
        stage.confirm_both(&applicant).await;
        stage.approve(&applicant.organization).await;
        holds(&stage.enrollment(&applicant).await, json!({ "state": "STATE_QUALIFIED" }));
    })
    .await;
}
