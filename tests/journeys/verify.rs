//! Is it true? The mailed questions and their answers (R20, R21).

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::call::{NOBODY, holds, list, text};
use crate::harness::each;
use crate::scenes::{Capacity, Company};

const INSPECT: &str = "verification.EmailVerificationService/InspectEmailVerification";
const CONFIRM: &str = "verification.EmailVerificationService/ConfirmEmailVerification";
const GET: &str = "verification.EmailVerificationService/GetEmailVerification";
const CLAIM: &str = "verification.VettingService/ClaimVettingCase";

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
        let (applicant, token) = stage.submitted(Company::FJALLMOLN).await;
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
        let (applicant, token) = stage.submitted(Company::FJALLMOLN).await;
        let no = json!({ "token": token, "claim_answer": "ANSWER_NO", "address_answer": "ANSWER_YES" });
        holds(&stage.ok(NOBODY, CONFIRM, no).await, json!({ "state": "STATE_DENIED" }));
        let case = stage.case(&applicant.organization).await;
        holds(&case, json!({ "state": "STATE_REJECTED", "reason": "NOT_US", "appeals_left": 0 }));
        assert_eq!(case["appeal_by_time"], Value::Null);
        holds(&stage.enrollment(&applicant).await, json!({ "state": "STATE_ENDED", "state_reason": "NOT_US" }));
        let told = stage.mails(&applicant.company.contact(), "enrollment-status").await.len();
        assert_eq!(told, 1, "VERIFYING: who said no is told no more");
        let mail = stage.mail(&applicant.admin, "enrollment-status").await;
        assert!(text(&mail, "text").contains("inte har ansökt"), "who applied learns why: {mail:#}");
        let operator = stage.operator();
        assert_eq!(stage.mails(&operator, "contact-denied").await.len(), 1);
        let draft =
            json!({ "parent": applicant.organization, "enrollment": { "type": "ENROLLMENT_TYPE_INDIRECT_RESELLER" } });
        stage.ok(&applicant.admin, "enrollment.EnrollmentService/CreateEnrollment", draft).await;
        stage.refused(NOBODY, CONFIRM, yes(&token), "FAILED_PRECONDITION", "TOKEN_USED").await;
        let reviewer = stage.programme().await.reviewer;
        stage.refused(&reviewer, CLAIM, json!({ "name": case["name"] }), "FAILED_PRECONDITION", "STATE_FORBIDS").await;
    })
    .await;
}

#[tokio::test]
async fn r21_wrong_codes_are_counted_and_five_of_them_lock_it() {
    each(async |stage| {
        let (applicant, token) = stage.submitted(Company::FJALLMOLN).await;
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
        let (applicant, token) = stage.submitted(Company::FJALLMOLN).await;
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
        let (applicant, token) = stage.submitted(Company::FJALLMOLN).await;
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
