//! What time alone changes.

use wire::verification as pb;
use wire::verification::vetting_case::State;

use crate::house::{APPLICANT, houses, organization, reason};
use crate::requests::yes;

const DAYS: i64 = 24;

#[tokio::test]
async fn r24_a_case_whose_contact_stays_silent_expires() {
    for house in houses().await {
        house.open_case(3, 1).await.unwrap();
        let mail = house.mails().await.pop().unwrap();
        house.advance(7 * DAYS - 1).await;
        assert_eq!(house.service.sweep_once().await.unwrap(), 1, "the contact is reminded");
        assert_eq!(house.service.sweep_once().await.unwrap(), 0);
        house.advance(7 * DAYS).await;
        assert_eq!(house.case().await.state(), State::Expired, "read before it is written down");
        assert_eq!(reason(house.confirm(yes(&mail.token)).await).1, "TOKEN_EXPIRED");
        let request =
            pb::ListEmailVerificationsRequest { parent: organization(APPLICANT).name(), ..Default::default() };
        let listed = house.emails().list_email_verifications(house.applicant(request)).await.unwrap().into_inner();
        assert_eq!(listed.email_verifications[0].state(), pb::email_verification::State::Expired);
        assert_eq!(house.last_told().await, "AWAITING_EMAIL");
        assert_eq!(house.service.sweep_once().await.unwrap(), 2);
        assert_eq!(house.service.sweep_once().await.unwrap(), 0);
        assert_eq!(house.last_told().await, "EXPIRED");
    }
}

#[tokio::test]
async fn a_row_that_cant_be_read_holds_up_no_other() {
    for house in houses().await {
        house.open_case(3, 1).await.unwrap();
        house.spoil("UPDATE email_verification SET purpose = 'NONSENSE'").await;
        house.advance(7 * DAYS).await;
        assert_eq!(house.service.sweep_once().await.unwrap(), 1);
        assert_eq!(house.last_told().await, "EXPIRED");
    }
}

#[tokio::test]
async fn r24_an_expired_case_makes_room_for_a_new_one() {
    for house in houses().await {
        house.open_case(3, 1).await.unwrap();
        house.advance(8 * DAYS).await;
        house.open_case(3, 2).await.unwrap();
        let states: Vec<_> = house.cases().await.iter().map(pb::VettingCase::state).collect();
        assert_eq!(states, [State::Expired, State::AwaitingEmail]);
        assert_eq!(house.mails().await.len(), 2);
    }
}

#[tokio::test]
async fn r24_a_slow_queue_closes_no_case() {
    for house in houses().await {
        house.open_case(3, 1).await.unwrap();
        let mail = house.mails().await.pop().unwrap();
        house.confirm(yes(&mail.token)).await.unwrap();
        house.advance(60 * DAYS).await;
        assert_eq!(house.service.sweep_once().await.unwrap(), 2, "the approver's link, and word to the operator");
        assert_eq!(house.case().await.state(), State::Queued);
    }
}
