//! What became of a mail is shown where its sender looks (R52).

use serde_json::{Value, json};

use crate::harness::call::{NOBODY, holds, list};
use crate::harness::each;
use crate::scenes::{Capacity, Company};

const INVITE: &str = "relationship.InvitationService/CreateInvitation";
const GET: &str = "relationship.InvitationService/GetInvitation";
const DECLINE: &str = "relationship.InvitationService/DeclineInvitation";
const VERIFICATIONS: &str = "verification.EmailVerificationService/ListEmailVerifications";
const MESSAGES: &str = "notification.MessageService/ListMessages";

#[tokio::test]
async fn r52_an_invitation_shows_its_sender_what_became_of_its_mail() {
    each(async |stage| {
        let (provider, reseller) = stage.partners().await;
        let arrived = stage.invite(&provider, &reseller).await;
        assert_eq!(arrived["delivery"], Value::Null, "nothing is known yet");
        let customer = |local: &str| {
            json!({ "invitation": {
                "kind": "KIND_CUSTOMER", "recipient_email": format!("{local}@kund.example"), "language_code": "sv" } })
        };
        let refused = stage.ok(&reseller.admin, INVITE, customer("bounce")).await["invitation"].clone();
        let late = stage.ok(&reseller.admin, INVITE, customer("busy")).await["invitation"].clone();
        stage.settle().await;
        let read = async |stage: &mut crate::harness::Stage, who: &str, invitation: &Value| {
            stage.ok(who, GET, json!({ "name": invitation["name"] })).await
        };
        let read_again = read(stage, &provider.admin, &arrived).await;
        holds(&read_again, json!({ "delivery": { "state": "STATE_SENT" }, "etag": arrived["etag"] }));
        let bounced = read(stage, &reseller.admin, &refused).await;
        holds(
            &bounced,
            json!({ "delivery": { "state": "STATE_BOUNCED", "reason": "MAILBOX_UNKNOWN" }, "state": "STATE_PENDING" }),
        );
        assert!(bounced["delivery"]["time"].is_string(), "{bounced:#}");
        let shown = read(stage, &reseller.admin, &arrived).await;
        assert_eq!(shown["delivery"], Value::Null, "who is invited has the mail itself");
        assert_eq!(read(stage, &reseller.admin, &late).await["delivery"], Value::Null, "a mail that waits is no news");
        stage.park().await;
        let parked = read(stage, &reseller.admin, &late).await;
        holds(&parked, json!({ "delivery": { "state": "STATE_PARKED", "reason": "SERVER_BUSY" } }));

        let operator = stage.operator();
        let request = json!({ "subject": late["name"], "state": "STATE_PARKED" });
        let messages = list(&stage.ok(&operator, MESSAGES, request).await, "messages");
        let [message] = &messages[..] else { panic!("one message: {messages:#?}") };
        let request = json!({ "name": message["name"], "reason": "nobody is in" });
        stage.ok(&operator, "notification.MessageService/DropMessage", request).await;
        stage.settle().await;
        let dropped = read(stage, &reseller.admin, &late).await;
        holds(&dropped, json!({ "delivery": { "state": "STATE_DROPPED", "reason": "nobody is in" } }));

        let token = stage.token(&reseller.admin, "partnership-invitation").await;
        let request = json!({ "token": token, "reason": "DECLINE_REASON_NOT_INTERESTED" });
        let declined = stage.ok(NOBODY, DECLINE, request).await;
        let shown = (&declined["state"], &declined["recipient_email"], &declined["delivery"]);
        assert_eq!(shown, (&json!("STATE_DECLINED"), &json!(""), &Value::Null), "the link alone shows neither");
    })
    .await;
}

#[tokio::test]
async fn r52_a_verification_shows_that_its_mail_was_refused() {
    each(async |stage| {
        let applicant = stage.applicant(Company::FJALLMOLN, Capacity::Reseller).await;
        let mut legal = applicant.company.legal_profile(&applicant.organization);
        legal["primary_contact"]["email"] = json!(applicant.company.person("bounce"));
        let request = json!({ "legal_profile": legal });
        stage.ok(&applicant.admin, "enrollment.OrganizationService/UpdateLegalProfile", request).await;
        stage.submit(&applicant).await;
        stage.settle().await;
        let verifications =
            stage.ok(&applicant.admin, VERIFICATIONS, json!({ "parent": applicant.organization })).await;
        holds(
            &verifications,
            json!({ "email_verifications": [
            { "state": "STATE_PENDING", "delivery": { "state": "STATE_BOUNCED", "reason": "MAILBOX_UNKNOWN" } }] }),
        );
        holds(
            &stage.enrollment(&applicant).await,
            json!({ "requirements": [{ "code": "REQUIREMENT_CODE_EMAIL", "actor": "PARTY_GLOBAL_ADMIN",
                "method": "linkage.enrollment.v1.OrganizationService/UpdateLegalProfile" }] }),
        );
        legal["primary_contact"]["email"] = json!(applicant.company.contact());
        let request = json!({ "legal_profile": legal });
        stage.ok(&applicant.admin, "enrollment.OrganizationService/UpdateLegalProfile", request).await;
        stage.settle().await;
        let verifications =
            stage.ok(&applicant.admin, VERIFICATIONS, json!({ "parent": applicant.organization })).await;
        let newest = list(&verifications, "email_verifications").pop().expect("a newer one");
        holds(&newest, json!({ "state": "STATE_PENDING", "delivery": { "state": "STATE_SENT" } }));
    })
    .await;
}
