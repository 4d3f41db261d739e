//! Calls that arrive at once: whatever their order, what may happen once happens once (R09, R11, R20, R21, R23, R32, R35).

use futures::future::join_all;
use linkage::demo::play::request_id;
use linkage::{Answer, Client};
use serde_json::{Value, json};

use crate::harness::call::{NOBODY, holds, list, text};
use crate::harness::{Stage, each};
use crate::scenes::{Capacity, Company};

const CONFIRM: &str = "verification.EmailVerificationService/ConfirmEmailVerification";
const INVITE: &str = "relationship.InvitationService/CreateInvitation";
const ACCEPT: &str = "relationship.InvitationService/AcceptInvitation";

/// Calls an RPC for each of these people and requests at once, each with a request id of its own.
async fn at_once(stage: &mut Stage, rpc: &str, calls: &[(&str, Value)]) -> Vec<Answer> {
    let mut ready = Vec::new();
    for (who, request) in calls {
        let token = match *who {
            NOBODY => None,
            who => Some(stage.people.token(&stage.client, who, None).await.expect("a token").expect("signed in")),
        };
        let mut request = request.clone();
        request["request_id"] = json!(request_id());
        ready.push((token, request));
    }
    let method = stage.client.method(rpc).expect(rpc);
    let home = Client::home(&method).expect("a service");
    let (client, method) = (&stage.client, &method);
    let calls = ready.iter().map(|(token, request)| client.call(home, method, request, token.as_deref()));
    join_all(calls).await.into_iter().map(|answer| answer.expect("a request")).collect()
}

/// Asserts that exactly one call worked, and the others were refused for one of these reasons.
#[track_caller]
fn one_of(answers: &[Answer], reasons: &[&str]) {
    let worked = answers.iter().filter(|answer| answer.code == tonic::Code::Ok).count();
    assert_eq!(worked, 1, "{answers:#?}");
    for refused in answers.iter().filter(|answer| answer.code != tonic::Code::Ok) {
        assert!(reasons.contains(&refused.reason.as_str()), "{refused:#?}");
    }
}

#[tokio::test]
async fn r09_of_two_locations_claimed_at_once_one_is_associated() {
    each(async |stage| {
        let applicant = stage.applicant(Company::FJALLMOLN, Capacity::Reseller).await;
        let mut calls = Vec::new();
        for _ in 0..3 {
            let (location, code) = stage.location(&applicant.organization, applicant.company.address()).await;
            calls.push((applicant.admin.as_str(), json!({ "name": location, "claim_code": code })));
        }
        let rpc = "enrollment.PartnerLocationService/AssociatePartnerLocation";
        one_of(&at_once(stage, rpc, &calls).await, &["LOCATION_TAKEN"]);
        let submit = (applicant.admin.as_str(), json!({ "name": applicant.enrollment }));
        let submits = at_once(stage, "enrollment.EnrollmentService/SubmitEnrollment", &vec![submit; 4]).await;
        one_of(&submits, &["STATE_FORBIDS"]);
        let cases = json!({ "parent": applicant.organization });
        stage.settle().await;
        let cases = stage.ok(&applicant.admin, "verification.VettingService/ListVettingCases", cases).await;
        assert_eq!(list(&cases, "vetting_cases").len(), 1);
        assert_eq!(stage.mails(&applicant.company.contact(), "email-verification").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn r11_two_global_administrators_cannot_both_step_down() {
    each(async |stage| {
        let company = Company::FJALLMOLN;
        let organization = stage.organization(company).await;
        let (ada, other) = (company.admin(), company.person("otto"));
        let user = json!({ "email": other, "display_name": "Otto", "roles": ["ROLE_GLOBAL_ADMIN"] });
        stage.ok(&ada, "enrollment.UserService/CreateUser", json!({ "parent": organization, "user": user })).await;
        let mut calls = Vec::new();
        for who in [&ada, &other] {
            let myself = stage.myself(who).await["name"].clone();
            calls.push((who.as_str(), json!({ "user": { "name": myself, "roles": ["ROLE_SALES_AGENT"] } })));
        }
        let answers = at_once(stage, "enrollment.UserService/UpdateUser", &calls).await;
        one_of(&answers, &["LAST_GLOBAL_ADMIN"]);
        stage.settle().await;
        let users = stage.ok(&ada, "enrollment.UserService/ListUsers", json!({ "parent": organization })).await;
        let governs = |user: &&Value| user["roles"] == json!(["ROLE_GLOBAL_ADMIN"]);
        assert_eq!(list(&users, "users").iter().filter(governs).count(), 1, "{users:#}");
    })
    .await;
}

#[tokio::test]
async fn r21_guesses_and_answers_at_once_are_each_counted() {
    each(async |stage| {
        let first = stage.applicant(Company::FJALLMOLN, Capacity::Reseller).await;
        stage.submit(&first).await;
        let mail = stage.mail(&first.company.contact(), "email-verification").await;
        let token = stage.token(&first.company.contact(), "email-verification").await;
        let inspect = "verification.EmailVerificationService/InspectEmailVerification";
        let name = text(&stage.ok(NOBODY, inspect, json!({ "token": token })).await, "name");
        let wrong = if text(&mail, "links.confirm_code").starts_with('0') { "1" } else { "0" }.repeat(8);
        let guess =
            json!({ "name": name, "code": wrong, "claim_answer": "ANSWER_YES", "address_answer": "ANSWER_YES" });
        let answers = at_once(stage, CONFIRM, &vec![(NOBODY, guess); 9]).await;
        let counted = answers.iter().filter(|answer| answer.reason == "TOKEN_UNKNOWN").count();
        assert!(counted <= 5, "five tries, not {counted}: {answers:#?}");
        assert!(
            answers.iter().all(|answer| ["TOKEN_UNKNOWN", "LOCKED"].contains(&answer.reason.as_str())),
            "{answers:#?}"
        );
        let get = "verification.EmailVerificationService/GetEmailVerification";
        holds(
            &stage.ok(&first.admin, get, json!({ "name": name })).await,
            json!({ "state": "STATE_LOCKED", "tries_left": 0 }),
        );

        let second = stage.applicant(Company::ORESKY, Capacity::Reseller).await;
        stage.submit(&second).await;
        let token = stage.token(&second.company.contact(), "email-verification").await;
        let answer =
            |answer: &str| (NOBODY, json!({ "token": token, "claim_answer": answer, "address_answer": "ANSWER_YES" }));
        let calls = [answer("ANSWER_YES"), answer("ANSWER_NO"), answer("ANSWER_YES"), answer("ANSWER_NO")];
        one_of(&at_once(stage, CONFIRM, &calls).await, &["TOKEN_USED"]);
    })
    .await;
}

#[tokio::test]
async fn r23_two_reviewers_claim_at_once_and_one_has_it() {
    each(async |stage| {
        let applicant = stage.applicant(Company::FJALLMOLN, Capacity::Reseller).await;
        stage.submit(&applicant).await;
        stage.confirm_both(&applicant).await;
        let programme = stage.programme().await;
        let (operator, rune) = (stage.operator(), "rune.reviewer@linkage.example");
        let user = json!({ "email": rune, "display_name": "Rune", "roles": ["ROLE_REVIEWER"] });
        let user = json!({ "parent": programme.organization, "user": user });
        stage.ok(&operator, "enrollment.UserService/CreateUser", user).await;
        let claim = json!({ "name": stage.case(&applicant.organization).await["name"] });
        let calls = [(programme.reviewer.as_str(), claim.clone()), (rune, claim)];
        let answers = at_once(stage, "verification.VettingService/ClaimVettingCase", &calls).await;
        one_of(&answers, &["CLAIMED_BY_OTHER"]);
    })
    .await;
}

#[tokio::test]
async fn r32_acceptances_at_once_make_one_partnership() {
    each(async |stage| {
        let (provider, reseller) = stage.partners().await;
        let invite = (provider.admin.as_str(), stage.inviting(&reseller));
        one_of(&at_once(stage, INVITE, &vec![invite; 4]).await, &["INVITATION_OPEN"]);
        assert_eq!(stage.mails(&reseller.admin, "partnership-invitation").await.len(), 1);
        let token = stage.token(&reseller.admin, "partnership-invitation").await;
        let accept = (reseller.admin.as_str(), stage.accepting(&token, |_| true).await);
        let answers = at_once(stage, ACCEPT, &vec![accept; 4]).await;
        one_of(&answers, &["TOKEN_USED", "STATE_FORBIDS", "PARTNERSHIP_EXISTS"]);
        let listed = stage.ok(&reseller.admin, "relationship.PartnershipService/ListPartnerships", json!({})).await;
        assert_eq!(list(&listed, "partnerships").len(), 1);
        let grants = stage.ok(&reseller.admin, "relationship.AdminGrantService/ListAdminGrants", json!({})).await;
        assert_eq!(list(&grants, "admin_grants").len(), 1);
        assert_eq!(stage.mails(&provider.company.contact(), "invitation-accepted").await.len(), 1);
        let name = list(&listed, "partnerships")[0]["name"].clone();
        let end = json!({ "name": name, "cascade": true });
        let calls = [(provider.admin.as_str(), end.clone()), (reseller.admin.as_str(), end)];
        one_of(&at_once(stage, "relationship.PartnershipService/EndPartnership", &calls).await, &["STATE_FORBIDS"]);
    })
    .await;
}
