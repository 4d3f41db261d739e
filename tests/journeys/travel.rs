//! What travels between services arrives once, whoever was away meanwhile (R25, R50, R51, R60).

use linkage::ServiceName;
use linkage::demo::play::request_id;
use serde_json::json;

use crate::harness::call::{holds, list, text};
use crate::harness::{Stage, each};
use crate::scenes::{Capacity, Company, reasons};

async fn kinds(stage: &mut Stage, who: &str, subject: &str) -> Vec<String> {
    let events = json!({ "subject": subject, "page_size": 200 });
    stage.settle().await;
    let answer = stage.ok(who, "event.EventService/ListEvents", events).await;
    list(&answer, "events").iter().map(|event| text(event, "kind")).collect()
}

#[tokio::test]
async fn r25_an_outcome_reaches_enrollment_that_was_down_and_counts_once() {
    each(async |stage| {
        let applicant = stage.applicant(Company::FJALLMOLN, Capacity::Reseller).await;
        stage.submit(&applicant).await;
        stage.settle().await;
        // Reviewer and operator hold tokens from before, and the others know the keys to check them with.
        stage.case(&applicant.organization).await;
        stage.mail(&applicant.company.contact(), "email-verification").await;
        stage.stop(ServiceName::Enrollment).await;
        stage.confirm_both(&applicant).await;
        stage.approve(&applicant.organization).await;
        assert!(!stage.stuck().await.is_empty(), "the outcome waits");
        stage.restart(ServiceName::Enrollment).await;
        stage.settle().await;
        holds(&stage.enrollment(&applicant).await, json!({ "state": "STATE_QUALIFIED" }));
        let mails = stage.mails(&applicant.company.contact(), "enrollment-status").await;
        assert_eq!(mails.len(), 2, "VERIFYING and QUALIFIED, each once");
        let kinds = kinds(stage, &applicant.admin, &applicant.enrollment).await;
        let mut once = kinds.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), kinds.len(), "{kinds:?}");
    })
    .await;
}

#[tokio::test]
async fn r25_a_change_inserts_its_outbox_rows() {
    each(async |stage| {
        let organization = stage.organization(Company::FJALLMOLN).await;
        assert!(stage.stuck().await.is_empty());
        stage.stop(ServiceName::Relationship).await;
        let other =
            json!({ "organization": { "display_name": "Øresky ApS", "region_code": "DK", "language_code": "en" } });
        let other =
            stage.ok(&Company::ORESKY.admin(), "enrollment.OrganizationService/CreateOrganization", other).await;
        let waiting = stage.stuck().await;
        assert!(
            waiting.iter().any(|row| row.contains("RecordOrganization") && row.contains(&text(&other, "name"))),
            "{waiting:#?}"
        );
        assert!(!waiting.iter().any(|row| row.contains(&organization)), "what was delivered is gone: {waiting:#?}");
        stage.restart(ServiceName::Relationship).await;
    })
    .await;
}

#[tokio::test]
async fn r51_mail_that_waited_for_notification_arrives_once() {
    each(async |stage| {
        let applicant = stage.applicant(Company::FJALLMOLN, Capacity::Reseller).await;
        stage.settle().await;
        stage.stop(ServiceName::Notification).await;
        stage.submit(&applicant).await;
        stage.settle().await;
        stage.settle().await;
        stage.restart(ServiceName::Notification).await;
        for kind in ["enrollment-status", "email-verification"] {
            assert_eq!(stage.mails(&applicant.company.contact(), kind).await.len(), 1, "{kind}");
        }
        stage.stop(ServiceName::Notification).await;
        stage.restart(ServiceName::Notification).await;
        assert_eq!(
            stage.mails(&applicant.company.contact(), "email-verification").await.len(),
            1,
            "kept over a restart"
        );
    })
    .await;
}

#[tokio::test]
async fn r51_the_operator_sees_what_waits_and_why() {
    each(async |stage| {
        let applicant = stage.applicant(Company::FJALLMOLN, Capacity::Reseller).await;
        stage.settle().await;
        stage.stop(ServiceName::Notification).await;
        stage.submit(&applicant).await;
        stage.settle().await;
        let (operator, rows) = (stage.operator(), "event.OutboxService/ListOutboxRows");
        stage.set_offset(chrono::TimeDelta::hours(1)).await;
        let waiting = stage.call_at(ServiceName::Enrollment, &operator, None, rows, json!({})).await;
        holds(&waiting.body, json!({ "rows": [{ "destination": "notification", "subject": applicant.enrollment }] }));
        let row = list(&waiting.body, "rows").remove(0);
        assert!(row["attempts"] != 0 && !text(&row, "last_error").is_empty(), "{row:#}");
        let refused = stage.call_at(ServiceName::Enrollment, &applicant.admin, None, rows, json!({})).await;
        assert_eq!(refused.reason, "ROLE_REQUIRED");
        stage.leave_messages();
    })
    .await;
}

#[tokio::test]
async fn r51_parked_mail_is_retried_by_the_operator_and_arrives_once() {
    each(async |stage| {
        let applicant = stage.applicant(Company::FJALLMOLN, Capacity::Reseller).await;
        stage.settle().await;
        stage.stop(ServiceName::Notification).await;
        stage.submit(&applicant).await;
        stage.park().await;
        stage.restart(ServiceName::Notification).await;
        let contact = applicant.company.contact();
        assert!(stage.mails(&contact, "enrollment-status").await.is_empty(), "nothing parked goes by itself");
        let (operator, parked) = (stage.operator(), json!({ "state": "STATE_PARKED" }));
        let rows = stage.ok(&operator, "event.OutboxService/ListOutboxRows", parked.clone()).await;
        let rows = list(&rows, "rows");
        let mail = rows.iter().find(|row| text(row, "method").ends_with("/SendMessage")).expect("a parked mail");
        holds(mail, json!({ "destination": "notification", "subject": applicant.enrollment, "attempts": 16 }));
        let retry = json!({ "name": text(mail, "name"), "request_id": request_id() });
        for _ in 0..2 {
            let waiting = stage.ok(&operator, "event.OutboxService/RetryOutboxRow", retry.clone()).await;
            holds(&waiting, json!({ "state": "STATE_WAITING", "name": text(mail, "name") }));
            assert_eq!(stage.mails(&contact, "enrollment-status").await.len(), 1);
        }
        let events = json!({ "subject": text(mail, "name") });
        let events = stage.ok(&operator, "event.EventService/ListEvents", events).await;
        let (kinds, by) = (list(&events, "events"), stage.myself(&operator).await);
        assert_eq!(kinds.len(), 1, "{events:#}");
        holds(&kinds[0], json!({ "kind": "OutboxRowRetried", "actor": { "name": text(&by, "name") } }));
        stage.leave_messages();
    })
    .await;
}

#[tokio::test]
async fn r25_a_dropped_message_lets_relationship_learn_what_came_after() {
    each(async |stage| {
        let ada = Company::FJALLMOLN.admin();
        stage.organization(Company::FJALLMOLN).await;
        let user = text(&stage.myself(&ada).await, "name");
        stage.settle().await;
        stage.stop(ServiceName::Relationship).await;
        let rename = |name: &str| json!({ "user": { "name": user, "display_name": name } });
        stage.ok(&ada, "enrollment.UserService/UpdateUser", rename("Ada Ett")).await;
        stage.park().await;
        let operator = stage.operator();
        let parked =
            stage.ok(&operator, "event.OutboxService/ListOutboxRows", json!({ "state": "STATE_PARKED" })).await;
        holds(&parked, json!({ "rows": [{ "destination": "relationship", "subject": user }] }));
        let give_up = json!({ "name": text(&parked, "rows[0].name"), "reason": "a newer one waits" });
        let drop = "event.OutboxService/DropOutboxRow";
        stage.refused(&operator, drop, give_up.clone(), "FAILED_PRECONDITION", "ROW_NEWEST").await;
        stage.refused(&ada, drop, give_up.clone(), "PERMISSION_DENIED", "ROLE_REQUIRED").await;
        stage.ok(&ada, "enrollment.UserService/UpdateUser", rename("Ada Två")).await;
        stage.settle().await;
        assert_eq!(stage.stuck().await.len(), 2, "the second waits behind the first");
        stage.restart(ServiceName::Relationship).await;
        stage.settle().await;
        assert_eq!(stage.stuck().await.len(), 2, "a parked one holds up its subject");
        stage.ok(&operator, drop, give_up).await;
        stage.settle().await;
        assert!(stage.stuck().await.is_empty(), "it went on");
        let kinds = kinds(stage, &operator, &text(&parked, "rows[0].name")).await;
        assert_eq!(kinds, ["OutboxRowDropped"]);
    })
    .await;
}

#[tokio::test]
async fn r50_mail_is_written_in_the_recipients_language_as_text_and_html() {
    each(async |stage| {
        for (company, language, word) in [(Company::FJALLMOLN, "sv", "ansök"), (Company::ORESKY, "en", "partner")] {
            let applicant = stage.applicant(company, Capacity::Reseller).await;
            stage.submit(&applicant).await;
            let mail = stage.mail(&company.contact(), "email-verification").await;
            holds(&mail, json!({ "language_code": language }));
            assert!(text(&mail, "to").contains(&company.contact()), "{mail:#}");
            for body in ["text", "html"] {
                assert!(text(&mail, body).contains(company.name), "{body}");
            }
            let whole = format!("{} {}", text(&mail, "subject"), text(&mail, "text")).to_lowercase();
            assert!(whole.contains(word), "{whole}");
            assert!(text(&mail, "html").contains("<html") && !text(&mail, "text").contains("<p"), "two bodies");
        }
        let operator = stage.operator();
        let all = json!({ "parent": "mailboxes/-", "page_size": 2 });
        let all = stage.ok(&operator, "notification.MailboxService/ListMailboxMessages", all).await;
        assert!(list(&all, "mailbox_messages").len() == 2 && !text(&all, "next_page_token").is_empty(), "{all}");
        let applicant = Company::FJALLMOLN.admin();
        let own = json!({ "parent": format!("mailboxes/{applicant}") });
        stage
            .refused(
                &applicant,
                "notification.MailboxService/ListMailboxMessages",
                own,
                "PERMISSION_DENIED",
                "ROLE_REQUIRED",
            )
            .await;
    })
    .await;
}

#[tokio::test]
async fn r60_each_service_answers_while_the_others_are_stopped() {
    each(async |stage| {
        let channel = stage.channel().await;
        let (operator, provider) = (stage.operator(), channel.partnership.provider.admin.clone());
        let reviewer = stage.programme().await.reviewer;
        stage.myself(&operator).await;
        let alone = [
            (
                ServiceName::Relationship,
                provider.clone(),
                "relationship.OrderEligibilityService/CheckOrderEligibility",
                channel.order_check(),
            ),
            (
                ServiceName::Verification,
                reviewer,
                "verification.VettingService/ListVettingCases",
                json!({ "parent": "organizations/-" }),
            ),
            (
                ServiceName::Notification,
                operator,
                "notification.MailboxService/ListMailboxMessages",
                json!({ "parent": "mailboxes/-" }),
            ),
            (ServiceName::Enrollment, provider, "enrollment.UserService/GetSelf", json!({})),
        ];
        for (service, who, rpc, request) in alone {
            // It knows the keys of tokens once it has seen one.
            let before = stage.ok(&who, rpc, request.clone()).await;
            let others: Vec<_> = ServiceName::ALL.into_iter().filter(|other| *other != service).collect();
            for other in &others {
                stage.stop(*other).await;
            }
            let mut answer = stage.ok(&who, rpc, request).await;
            for field in ["evaluate_time", "facts"] {
                answer[field] = before[field].clone();
            }
            for field in before.as_object().expect("an object").keys() {
                assert_eq!(answer[field], before[field], "{rpc} alone");
            }
            for other in others {
                stage.restart(other).await;
            }
        }
        assert_eq!(reasons(&stage.order_check(&channel).await), Vec::<String>::new());
    })
    .await;
}
