//! What the holder of a link or code can do.

use wire::verification as pb;
use wire::verification::email_verification::State;

use crate::house::{APPLICANT, Code, child, houses, metadata, reason, request_id};
use crate::requests::{answers, yes};

fn token(token: &str) -> pb::InspectEmailVerificationRequest {
    pb::InspectEmailVerificationRequest { token: token.to_owned() }
}

#[tokio::test]
async fn r20_opening_a_link_changes_nothing_and_answering_works_once() {
    for house in houses().await {
        house.open_case(3, 1).await.unwrap();
        let mail = house.mails().await.pop().unwrap();
        assert_eq!((mail.kind.as_str(), mail.to.as_str()), ("email-verification", "ada@example.com"));
        for _ in 0..3 {
            let shown = house.emails().inspect_email_verification(token(&mail.token)).await.unwrap().into_inner();
            assert_eq!(shown.state(), State::Pending);
            assert_eq!((shown.company.as_str(), shown.email_hint.as_str()), ("Exempel AB", "a***@example.com"));
            assert_eq!(shown.questions[0], "Har Exempel AB ansökt om att gå med i partnerprogrammet?");
        }
        assert_eq!(house.case().await.state(), pb::vetting_case::State::AwaitingEmail);
        let request = pb::ConfirmEmailVerificationRequest { request_id: request_id(1), ..yes(&mail.token) };
        let confirmed = house.confirm(request.clone()).await.unwrap();
        assert_eq!(confirmed.state(), State::Verified);
        assert_eq!(house.confirm(request.clone()).await.unwrap(), confirmed, "the same request, the same answer");
        assert_eq!(reason(house.confirm(yes(&mail.token)).await), (Code::FailedPrecondition, "TOKEN_USED".to_owned()));
        let other = pb::ConfirmEmailVerificationRequest { address_answer: 2, ..request };
        assert_eq!(reason(house.confirm(other).await).1, "REQUEST_ID_REUSED");
        let shown = house.emails().inspect_email_verification(token(&mail.token)).await.unwrap().into_inner();
        assert_eq!(shown.state(), State::Verified);
    }
}

#[tokio::test]
async fn r20_not_us_stops_the_case() {
    for house in houses().await {
        house.open_case(3, 1).await.unwrap();
        let mail = house.mails().await.pop().unwrap();
        let denied = house.confirm(answers(&mail.token, pb::Answer::No, pb::Answer::Yes)).await.unwrap();
        assert_eq!(denied.state(), State::Denied);
        let case = house.case().await;
        assert_eq!((case.state(), case.reason.as_str()), (pb::vetting_case::State::Rejected, "NOT_US"));
        let told = house.told().await.pop().unwrap();
        assert_eq!((told.case_state.as_str(), told.reason.as_str()), ("REJECTED", "NOT_US"));
        assert!(told.appeal_spent && told.appeal_by_time.is_none(), "nobody decided it who could look again");
        let alert = house.mails_of("contact-denied").await.pop().unwrap();
        assert_eq!((alert.to.as_str(), alert.token.as_str()), ("operator@linkage.example", ""), "the operator is told");
        assert_eq!(house.mails().await.len(), 2, "nobody else is asked");
    }
}

#[tokio::test]
async fn r21_wrong_codes_are_counted_until_it_is_locked() {
    for house in houses().await {
        house.open_case(3, 1).await.unwrap();
        let mail = house.mails().await.pop().unwrap();
        let name = house.emails().inspect_email_verification(token(&mail.token)).await.unwrap().into_inner().name;
        let by_code = |code: &str| pb::ConfirmEmailVerificationRequest {
            token: String::new(),
            name: name.clone(),
            code: code.to_owned(),
            request_id: request_id(9),
            ..yes("")
        };
        for left in ["4", "3", "2", "1"] {
            let refused = house.confirm(by_code("00000000")).await;
            assert_eq!(metadata(refused.clone(), "tries_left"), left);
            assert_eq!(reason(refused), (Code::NotFound, "TOKEN_UNKNOWN".to_owned()));
        }
        assert_eq!(reason(house.confirm(by_code("00000000")).await).1, "LOCKED");
        assert_eq!(reason(house.confirm(by_code(&mail.code)).await).1, "LOCKED");
        assert_eq!(reason(house.confirm(yes(&mail.token)).await).1, "LOCKED");
        let request = pb::GetEmailVerificationRequest { name: name.clone() };
        let found = house.emails().get_email_verification(house.applicant(request)).await.unwrap().into_inner();
        assert_eq!((found.state(), found.tries_left), (State::Locked, 0));
        assert_eq!(house.last_told().await, "AWAITING_EMAIL");
    }
}

#[tokio::test]
async fn r21_the_right_code_confirms_after_wrong_ones() {
    for house in houses().await {
        house.open_case(3, 1).await.unwrap();
        let mail = house.mails().await.pop().unwrap();
        let name = house.emails().inspect_email_verification(token(&mail.token)).await.unwrap().into_inner().name;
        let by_code = |code: &str| pb::ConfirmEmailVerificationRequest {
            token: String::new(),
            name: name.clone(),
            code: code.to_owned(),
            ..yes("")
        };
        assert_eq!(reason(house.confirm(by_code("11111111")).await).1, "TOKEN_UNKNOWN");
        assert_eq!(house.confirm(by_code(&mail.code)).await.unwrap().state(), State::Verified);
        assert_eq!(house.last_told().await, "QUEUED");
    }
}

#[tokio::test]
async fn r21_forged_and_foreign_tokens_are_unknown() {
    for house in houses().await {
        house.open_case(3, 1).await.unwrap();
        let mail = house.mails().await.pop().unwrap();
        let forged = mail.token.replace(".1.", ".2.");
        let nowhere = mail.token.replacen(|c: char| c.is_ascii_alphabetic(), "0", 1);
        for odd in ["x", "1.2.3.4", &forged, &nowhere] {
            let unknown = (Code::NotFound, "TOKEN_UNKNOWN".to_owned());
            assert_eq!(reason(house.emails().inspect_email_verification(token(odd)).await), unknown, "{odd}");
            assert_eq!(reason(house.confirm(yes(odd)).await), unknown, "{odd}");
        }
        let absent = pb::ConfirmEmailVerificationRequest {
            token: String::new(),
            name: child::<ids::kind::EmailVerification>(APPLICANT, 99),
            code: mail.code,
            ..yes("")
        };
        assert_eq!(reason(house.confirm(absent).await).1, "TOKEN_UNKNOWN");
        assert_eq!(reason(house.confirm(Default::default()).await).1, "FIELD_INVALID");
    }
}
