//! What opens a door stands nowhere but with its reader: no table, no log line at any level holds it (R21).

use chrono::TimeDelta;
use linkage::ServiceName;
use serde_json::{Value, json};

use crate::harness::call::{NOBODY, list, text};
use crate::harness::{Stage, each, log};
use crate::scenes::{Capacity, Company};

/// The MAC of every link and every code that any mail brought, the longest first.
async fn secrets(stage: &mut Stage) -> Vec<String> {
    let operator = stage.operator();
    let all = json!({ "parent": "mailboxes/-", "page_size": 200 });
    let all = stage.ok(&operator, "notification.MailboxService/ListMailboxMessages", all).await;
    let mut found = Vec::new();
    for mail in list(&all, "mailbox_messages") {
        let name = json!({ "name": text(&mail, "name") });
        let mail = stage.ok(&operator, "notification.MailboxService/GetMailboxMessage", name).await;
        for link in mail["links"].as_object().into_iter().flatten().map(|(_, link)| link) {
            let link = link.as_str().expect("text");
            found.push(link.rsplit(['.', '#']).next().expect("a part").to_owned());
        }
    }
    found
}

/// A code for sign-in, guessed at, asked for anew and used.
async fn sign_in(stage: &mut Stage) {
    const SEND: &str = "enrollment.SessionService/SendSignInCode";
    const SESSION: &str = "enrollment.SessionService/CreateSession";
    let lina = "lina@newcomer.example";
    let shown = |code: &str, handle: &str| json!({ "sign_in_code": { "email": lina, "code": code, "handle": handle } });
    let handle = text(&stage.ok(NOBODY, SEND, json!({ "email": lina })).await, "handle");
    stage.settle().await;
    let first = text(&stage.mail(lina, "sign-in-code").await, "links.confirm_code");
    let wrong = if first.starts_with('0') { "1".repeat(8) } else { "0".repeat(8) };
    stage.refused(NOBODY, SESSION, shown(&wrong, &handle), "UNAUTHENTICATED", "CODE_INVALID").await;
    let handle = text(&stage.ok(NOBODY, SEND, json!({ "email": lina, "language_code": "sv" })).await, "handle");
    stage.settle().await;
    stage.refused(NOBODY, SESSION, shown(&first, &handle), "UNAUTHENTICATED", "CODE_INVALID").await;
    let mails = json!({ "parent": format!("mailboxes/{lina}") });
    let operator = stage.operator();
    let mails = stage.ok(&operator, "notification.MailboxService/ListMailboxMessages", mails).await;
    let mut lets_in = 0;
    for mail in list(&mails, "mailbox_messages") {
        let name = json!({ "name": text(&mail, "name") });
        let mail = stage.ok(&operator, "notification.MailboxService/GetMailboxMessage", name).await;
        let answer = stage.call(NOBODY, SESSION, shown(&text(&mail, "links.confirm_code"), &handle)).await;
        lets_in += i32::from(answer.code == tonic::Code::Ok);
    }
    assert_eq!(lets_in, 1, "of two codes the one of this handle");
}

/// Every way that a mail of a verification is issued, asked for anew, guessed at and answered.
async fn play(stage: &mut Stage) {
    const CONFIRM: &str = "verification.EmailVerificationService/ConfirmEmailVerification";
    let (applicant, first) = stage.submitted(Company::FJALLMOLN).await;
    let asked = json!({ "token": first });
    let shown = stage.ok(NOBODY, "verification.EmailVerificationService/InspectEmailVerification", asked).await;
    stage.advance(TimeDelta::hours(25)).await;
    let name = json!({ "name": shown["name"] });
    stage.ok(&applicant.admin, "verification.EmailVerificationService/ResendEmailVerification", name).await;
    let mail = stage.mail(&applicant.company.contact(), "email-verification").await;
    let code = text(&mail, "links.confirm_code");
    let yes = |proof: Value| {
        let mut request = proof;
        request["claim_answer"] = json!("ANSWER_YES");
        request["address_answer"] = json!("ANSWER_YES");
        request
    };
    stage.refused(NOBODY, CONFIRM, yes(json!({ "token": first })), "FAILED_PRECONDITION", "TOKEN_SUPERSEDED").await;
    let wrong = if code.starts_with('0') { "1".repeat(8) } else { "0".repeat(8) };
    let guess = yes(json!({ "name": shown["name"], "code": wrong }));
    stage.refused(NOBODY, CONFIRM, guess, "NOT_FOUND", "TOKEN_UNKNOWN").await;
    stage.ok(NOBODY, CONFIRM, yes(json!({ "name": shown["name"], "code": code }))).await;
    stage.advance(TimeDelta::days(6)).await;
    stage.settle().await;
    stage.confirm(&applicant.company.approver(), "verification-reminder").await;
    stage.approve(&applicant.organization).await;
    stage.settle().await;
}

/// Two invitations of customers: one is declined by its link, one is open.
async fn invite(stage: &mut Stage) {
    let provider = stage.partner(Company::RHEINWOLKE, Capacity::Provider).await;
    for customer in ["asta@kund.example", "bo@kund.example"] {
        let invitation = json!({ "kind": "KIND_CUSTOMER", "recipient_email": customer, "language_code": "sv" });
        let request = json!({ "invitation": invitation });
        stage.ok(&provider.admin, "relationship.InvitationService/CreateInvitation", request).await;
    }
    let token = stage.token("asta@kund.example", "customer-invitation").await;
    let request = json!({ "token": token, "reason": "DECLINE_REASON_SENDER_UNKNOWN" });
    stage.ok(NOBODY, "relationship.InvitationService/DeclineInvitation", request).await;
}

#[tokio::test]
async fn r21_no_token_and_no_code_stands_in_any_table_or_log_line() {
    each(async |stage| {
        log::listen();
        play(stage).await;
        sign_in(stage).await;
        invite(stage).await;
        let logged = log::heard();
        assert!(logged.contains("TRACE") && logged.contains("ConfirmEmailVerification"), "the log was kept");
        let secrets = secrets(stage).await;
        assert!(secrets.len() >= 10, "two for each mail of a verification, one for each other: {secrets:?}");
        let mut places = vec![("the log".to_owned(), logged)];
        for service in ServiceName::ALL {
            for (table, rows) in stage.dump(service) {
                // The simulated mailbox is where its reader finds them.
                if table != "mailbox_message" {
                    places.push((format!("{service}: {table}"), rows.join("\n")));
                }
            }
        }
        assert!(places.len() > 20, "every table of every service");
        for secret in secrets {
            let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
            for (place, content) in &places {
                let content = content.to_lowercase();
                assert!(!content.contains(&secret) && !content.contains(&hex), "{secret} stands in {place}");
            }
        }
    })
    .await;
}
