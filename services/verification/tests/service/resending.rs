//! Mails that are asked for anew: when, how often, for whom.

use std::time::Duration;

use runtime::Role;
use tonic_types::StatusExt;
use wire::verification as pb;
use wire::verification::email_verification::State;

use crate::house::{Code, House, OPERATOR, houses, metadata, organization, reason, request_id};
use crate::requests::{answers, open_case, yes};

const DAY: i64 = 24 * 3600;

async fn opened(house: &House) -> pb::EmailVerification {
    house.open_case(3, 1).await.unwrap();
    house.verifications().await.pop().unwrap()
}

/// Seconds from the verification's creation.
fn after(verification: &pb::EmailVerification, time: Option<prost_types::Timestamp>) -> i64 {
    time.unwrap().seconds - verification.create_time.unwrap().seconds
}

#[tokio::test]
async fn r21_a_resend_waits_for_its_time_and_supersedes_the_mail_before() {
    for house in houses().await {
        let first = opened(&house).await;
        let former = house.mails().await.pop().unwrap();
        assert_eq!((after(&first, first.next_resend_time), first.resends_left), (DAY, 4));
        house.advance_seconds(DAY - 60).await;
        let refused = house.resend(&first.name).await.unwrap_err();
        let wait = refused.get_details_retry_info().unwrap().retry_delay.unwrap();
        assert!(Duration::from_secs(30) < wait && wait <= Duration::from_secs(60), "{wait:?}");
        assert_eq!(reason::<()>(Err(refused)), (Code::ResourceExhausted, "RESEND_COOLDOWN".to_owned()));
        assert_eq!(house.verifications().await, std::slice::from_ref(&first), "a refusal changes nothing");
        house.advance_seconds(DAY).await;
        let request = || pb::ResendEmailVerificationRequest { name: first.name.clone(), request_id: request_id(7) };
        let mut emails = house.emails();
        let resent = emails.resend_email_verification(house.applicant(request())).await.unwrap().into_inner();
        assert_eq!((resent.generation, resent.resends_left, resent.state()), (2, 3, State::Pending));
        assert_eq!(after(&resent, resent.expire_time) / DAY, 8, "its time starts again");
        let again = emails.resend_email_verification(house.applicant(request())).await.unwrap().into_inner();
        assert_eq!((again, house.mails().await.len()), (resent.clone(), 2), "the same request, one mail");
        assert_eq!(reason(house.confirm(yes(&former.token)).await).1, "TOKEN_SUPERSEDED");
        house.advance_seconds(7 * DAY + 60).await;
        let case = house.case().await;
        assert_eq!(case.state(), pb::vetting_case::State::AwaitingEmail, "the case has as much more time");
        let newest = house.mails().await.pop().unwrap();
        assert_eq!((newest.to.as_str(), newest.kind.as_str()), ("ada@example.com", "email-verification"));
        house.confirm(yes(&newest.token)).await.unwrap();
        assert_eq!(reason(house.resend(&first.name).await).1, "ALREADY_VERIFIED");
    }
}

#[tokio::test]
async fn r21_after_a_restore_a_link_from_before_confirms_nothing_until_it_is_sent_again() {
    for house in houses().await {
        let name = opened(&house).await.name;
        let first = house.mails().await.pop().unwrap();
        house.advance_seconds(DAY).await;
        house.resend(&name).await.unwrap();
        let second = house.mails().await.pop().unwrap();

        // Back to before it was sent again, of which nobody knows any more.
        house.spoil("UPDATE email_verification SET generation = 1").await;
        let database = house.service.app().database();
        let restored = runtime::start::restored::<verification::Verification>(database).await.unwrap();
        assert_eq!((restored.epoch, restored.void), (2, 1));
        for former in [first, second] {
            assert_eq!(reason(house.confirm(yes(&former.token)).await).1, "TOKEN_UNKNOWN");
        }
        house.advance_seconds(2 * DAY).await;
        let resent = house.resend(&name).await.unwrap();
        assert_eq!(resent.resends_left, 3, "what may still be mailed is counted as before");
        let newest = house.mails().await.pop().unwrap();
        house.confirm(yes(&newest.token)).await.unwrap();
    }
}

#[tokio::test]
async fn r21_a_resend_unlocks_with_tries_anew_and_five_mails_are_all() {
    for house in houses().await {
        let name = opened(&house).await.name;
        let guess = || pb::ConfirmEmailVerificationRequest {
            token: String::new(),
            name: name.clone(),
            code: "00000000".to_owned(),
            ..yes("")
        };
        for _ in 0..5 {
            house.confirm(guess()).await.unwrap_err();
        }
        assert_eq!(house.verifications().await[0].state(), State::Locked);
        for day in 1..5 {
            house.advance_seconds(day * DAY).await;
            let resent = house.resend(&name).await.unwrap();
            assert_eq!((resent.state(), resent.tries_left, resent.resends_left), (State::Pending, 5, 4 - day as i32));
        }
        assert_eq!(house.verifications().await[0].next_resend_time, None);
        house.advance_seconds(5 * DAY).await;
        assert_eq!(reason(house.resend(&name).await), (Code::FailedPrecondition, "RESENDS_SPENT".to_owned()));
        assert_eq!(metadata(house.confirm(guess()).await, "tries_left"), "4");
    }
}

#[tokio::test]
async fn r21_an_approvers_mail_is_sent_anew_after_it_expired() {
    for house in houses().await {
        opened(&house).await;
        let contact = house.mails().await.pop().unwrap();
        house.confirm(yes(&contact.token)).await.unwrap();
        let approver = house.verifications().await.pop().unwrap();
        house.advance_seconds(8 * DAY).await;
        house.service.sweep_once().await.unwrap();
        assert_eq!(house.verifications().await[1].state(), State::Expired);
        assert_eq!(house.resend(&approver.name).await.unwrap().state(), State::Pending);
        let mail = house.mails_of("approver-verification").await.pop().unwrap();
        house.confirm(yes(&mail.token)).await.unwrap();
        let authority = house.case().await.checks[3].clone();
        assert_eq!(authority.status(), pb::CheckStatus::Passed);
    }
}

#[tokio::test]
async fn r21_only_who_may_act_for_the_organization_asks_for_a_mail() {
    for house in houses().await {
        let verification = opened(&house).await;
        house.advance_seconds(DAY).await;
        let request = || pb::ResendEmailVerificationRequest { name: verification.name.clone(), ..Default::default() };
        let mut emails = house.emails();
        let foreign = house.signed(request(), 7, 700, &[Role::GlobalAdmin]);
        assert_eq!(reason(emails.resend_email_verification(foreign).await).1, "RESOURCE_MISSING");
        let seller = house.signed(request(), crate::house::APPLICANT, 201, &[Role::SalesAgent]);
        assert_eq!(reason(emails.resend_email_verification(seller).await).1, "ROLE_REQUIRED");
        emails.resend_email_verification(house.signed(request(), OPERATOR, 100, &[Role::Reviewer])).await.unwrap();
    }
}

#[tokio::test]
async fn r20_who_said_not_us_gets_no_more_mail_for_that_organization() {
    for house in houses().await {
        opened(&house).await;
        let mail = house.mails().await.pop().unwrap();
        house.confirm(answers(&mail.token, pb::Answer::No, pb::Answer::Yes)).await.unwrap();
        house.open_case(3, 2).await.unwrap();
        let held = house.verifications().await.pop().unwrap();
        assert_eq!((held.state(), held.generation), (State::Pending, 0));
        assert_eq!(house.mails_of("email-verification").await.len(), 1);
        house.advance_seconds(6 * DAY).await;
        house.service.sweep_once().await.unwrap();
        assert!(house.mails_of("verification-reminder").await.is_empty());
        assert_eq!(reason(house.resend(&held.name).await).1, "RESEND_COOLDOWN");
    }
}

/// Each of many organizations names the same person: so many mails reach them, and each case says from when on the rest may.
#[tokio::test]
async fn r21_a_mailbox_gets_only_so_many_mails_however_many_name_it() {
    for house in houses().await {
        for number in 20..40 {
            let mut request = open_case(3, 1);
            request.organization = organization(number).name();
            request.enrollment = crate::house::child::<ids::kind::Enrollment>(number, 3);
            request.origin.as_mut().unwrap().subject = request.enrollment.clone();
            request.origin.as_mut().unwrap().event_id =
                crate::house::id::<ids::kind::Event>(1_000 + number).to_string();
            house.open(request).await.unwrap();
        }
        assert_eq!(house.mails().await.len(), 10);
        let request = pb::ListEmailVerificationsRequest { parent: organization(39).name(), ..Default::default() };
        let listed = house.emails().list_email_verifications(house.reviewer(request)).await.unwrap().into_inner();
        let held = &listed.email_verifications[0];
        assert_eq!((held.generation, held.state()), (0, State::Pending));
        let free = after(held, held.next_resend_time);
        assert!((0..=DAY).contains(&free), "{free}");
        house.advance_seconds(free + 60).await;
        let request = pb::ResendEmailVerificationRequest { name: held.name.clone(), ..Default::default() };
        house.emails().resend_email_verification(house.reviewer(request)).await.unwrap();
        assert_eq!(house.mails().await.len(), 11);
        house.service.sweep_once().await.unwrap();
        house.spoil("DELETE FROM mail_count WHERE mails > 1").await;
        assert_eq!(house.mails().await.len(), 11, "the windows that are over are forgotten");
    }
}
