//! How cases begin.

use wire::verification as pb;
use wire::verification::vetting_case::State;

use crate::house::{Code, houses, reason};
use crate::requests::{open_case, yes};

#[tokio::test]
async fn r03_a_second_enrollment_waits_for_the_open_case() {
    for house in houses().await {
        house.open_case(3, 1).await.unwrap();
        house.open_case(4, 1).await.unwrap();
        assert_eq!(house.cases().await.len(), 1);
        assert_eq!(house.mails().await.len(), 1, "the contact is asked once");
        assert_eq!(house.told().await.len(), 2, "the second hears how it stands");
    }
}

#[tokio::test]
async fn r03_what_was_passed_before_is_not_asked_again() {
    for house in houses().await {
        let checks = vec![pb::CheckKind::Business.into()];
        house.open(pb::OpenCaseRequest { checks, ..open_case(3, 1) }).await.unwrap();
        assert_eq!(house.case().await.state(), State::Queued);
        assert!(house.mails().await.is_empty());
    }
}

#[tokio::test]
async fn r22_an_approver_at_the_applicants_address_gets_no_mail() {
    for house in houses().await {
        let mut request = open_case(3, 1);
        request.applicant_email = "BO@example.com".to_owned();
        house.open(request).await.unwrap();
        let contact = house.mails().await.pop().unwrap();
        house.confirm(yes(&contact.token)).await.unwrap();
        assert_eq!(house.case().await.state(), State::Queued);
        assert_eq!(house.mails().await.len(), 1);
    }
}

#[tokio::test]
async fn r25_a_message_that_comes_twice_or_late_changes_nothing() {
    for house in houses().await {
        house.open_case(3, 2).await.unwrap();
        house.open_case(3, 2).await.unwrap();
        house.open_case(3, 1).await.unwrap();
        assert_eq!((house.told().await.len(), house.mails().await.len()), (1, 1));
        assert_eq!(reason(house.open(pb::OpenCaseRequest { revision: 0, ..open_case(3, 3) }).await).1, "FIELD_INVALID");
        let mut foreign = open_case(3, 3);
        foreign.origin.as_mut().unwrap().source = "relationship".to_owned();
        assert_eq!(reason(house.open(foreign).await), (Code::InvalidArgument, "FIELD_INVALID".to_owned()));
    }
}
