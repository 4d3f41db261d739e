//! What became of a mail is shown where its sender looks (R52).

use serde_json::{Value, json};

use crate::harness::call::{NOBODY, holds, list};
use crate::harness::each;
use crate::scenes::{Capacity, Company};

const INVITE: &str = "relationship.InvitationService/CreateInvitation";
const GET: &str = "relationship.InvitationService/GetInvitation";
const DECLINE: &str = "relationship.InvitationService/DeclineInvitation";
const VERIFICATIONS: &str = "verification.EmailVerificationService/ListEmailVerifications";
const CORRECT: &str = "enrollment.OrganizationService/UpdateLegalProfile";
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
        stage.ok(&applicant.admin, CORRECT, request).await;
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
        stage.ok(&applicant.admin, CORRECT, request).await;
        stage.settle().await;
        let verifications =
            stage.ok(&applicant.admin, VERIFICATIONS, json!({ "parent": applicant.organization })).await;
        let newest = list(&verifications, "email_verifications").pop().expect("a newer one");
        holds(&newest, json!({ "state": "STATE_PENDING", "delivery": { "state": "STATE_SENT" } }));
    })
    .await;
}

#[tokio::test]
async fn r52_an_enrollment_shows_that_nobody_read_of_it() {
    each(async |stage| {
        let applicant = stage.applicant(Company::FJALLMOLN, Capacity::Reseller).await;
        let mut legal = applicant.company.legal_profile(&applicant.organization);
        legal["primary_contact"]["email"] = json!(applicant.company.person("bounce"));
        stage.ok(&applicant.admin, CORRECT, json!({ "legal_profile": legal })).await;
        assert_eq!(stage.enrollment(&applicant).await["mail_delivery"], Value::Null, "nothing was mailed yet");
        stage.submit(&applicant).await;
        stage.settle().await;
        let read = stage.enrollment(&applicant).await;
        holds(&read, json!({ "mail_delivery": { "state": "STATE_BOUNCED", "reason": "MAILBOX_UNKNOWN" } }));
        assert!(read["mail_delivery"]["time"].is_string(), "{read:#}");
        legal["primary_contact"]["email"] = json!(applicant.company.contact());
        stage.ok(&applicant.admin, CORRECT, json!({ "legal_profile": legal })).await;
        // With the etag that was read before the mail: what becomes of mail is no change of the enrollment.
        let withdraw = json!({ "name": read["name"], "etag": read["etag"] });
        stage.ok(&applicant.admin, "enrollment.EnrollmentService/WithdrawEnrollment", withdraw).await;
        stage.settle().await;
        holds(&stage.enrollment(&applicant).await, json!({ "mail_delivery": { "state": "STATE_SENT" } }));
    })
    .await;
}

#[tokio::test]
async fn r52_a_case_shows_that_who_must_answer_was_not_reached() {
    each(async |stage| {
        let mut applicant = stage.applicant(Company::FJALLMOLN, Capacity::Reseller).await;
        let lost = applicant.company.person("bounce");
        let user = json!({ "email": lost, "display_name": "Lo Stig", "roles": ["ROLE_GLOBAL_ADMIN"] });
        let user = json!({ "parent": applicant.organization, "user": user });
        stage.ok(&applicant.admin, "enrollment.UserService/CreateUser", user).await;
        stage.settle().await;
        applicant.admin = lost;
        stage.submit(&applicant).await;
        stage.confirm_both(&applicant).await;
        let case = stage.claim(&applicant.organization).await;
        assert_eq!(case["mail_delivery"], Value::Null, "it was not asked yet");
        let reviewer = stage.programme().await.reviewer;
        let question = json!({ "name": case["name"], "etag": case["etag"],
            "questions": [{ "field_path": "address", "text": "Which floor is it?" }] });
        let asked = stage.ok(&reviewer, "verification.VettingService/RequestInformation", question).await;
        stage.settle().await;
        let read = json!({ "name": case["name"] });
        let read = stage.ok(&reviewer, "verification.VettingService/GetVettingCase", read).await;
        holds(
            &read,
            json!({ "mail_delivery": { "state": "STATE_BOUNCED", "reason": "MAILBOX_UNKNOWN" }, "etag": asked["etag"] }),
        );
    })
    .await;
}
