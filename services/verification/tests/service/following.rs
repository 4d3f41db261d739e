//! How cases follow what the applicant does meanwhile: legal data change, or nobody waits for the outcome any more.

use wire::types::Contact;
use wire::verification as pb;
use wire::verification::CheckKind::{Business, Domain, Email};
use wire::verification::vetting_case::State;

use crate::house::{houses, reason};
use crate::requests::{close_case, update_case, yes};

fn pending(case: &pb::VettingCase) -> Vec<pb::CheckKind> {
    let pending = case.checks.iter().filter(|check| check.status() == pb::CheckStatus::Pending);
    pending.map(pb::Check::kind).collect()
}

#[tokio::test]
async fn r19_another_address_is_asked_and_the_former_link_is_superseded() {
    for house in houses().await {
        house.open_case(3, 1).await.unwrap();
        let former = house.mails().await.pop().unwrap();
        house.confirm(yes(&former.token)).await.unwrap();
        let approver = house.mails().await.pop().unwrap();
        let mut request = update_case(2, 1, &[Email, Domain]);
        let eva = Contact {
            given_name: "Eva".to_owned(),
            family_name: "Ek".to_owned(),
            email: "eva@example.com".to_owned(),
            phone: String::new(),
        };
        request.primary_contact = Some(eva);
        house.update(request.clone()).await.unwrap();
        house.update(request.clone()).await.unwrap();
        let case = house.case().await;
        assert_eq!((case.state(), case.revision), (State::AwaitingEmail, 2));
        assert!(pending(&case).contains(&Email) && pending(&case).contains(&Domain));
        let mail = house.mails().await.pop().unwrap();
        assert_eq!((house.mails().await.len(), mail.to.as_str()), (3, "eva@example.com"));
        assert_eq!(reason(house.confirm(yes(&approver.token)).await).1, "TOKEN_SUPERSEDED");
        house.confirm(yes(&mail.token)).await.unwrap();
        assert_eq!(house.case().await.state(), State::Queued);
        let again = house.mails().await.pop().unwrap();
        assert_eq!((again.kind.as_str(), again.to), ("approver-verification", approver.to));
        assert_eq!(house.last_told().await, "QUEUED");
        let told = house.told().await;
        assert_eq!(told.last().unwrap().revision, 2);
        let older = pb::UpdateCaseRequest { revision: 1, ..update_case(1, 2, &[Business]) };
        house.update(older).await.unwrap();
        assert_eq!(house.told().await.len(), told.len(), "an older revision changes nothing");
    }
}

#[tokio::test]
async fn r19_a_change_of_what_was_vetted_opens_a_case_for_what_it_touches() {
    for house in houses().await {
        house.update(update_case(2, 1, &[Business])).await.unwrap();
        let case = house.case().await;
        assert_eq!((case.state(), case.revision, pending(&case)), (State::Queued, 2, vec![Business]));
        assert!(house.mails().await.is_empty(), "who confirmed before is not asked again");
        let judged = pb::NumberCheck::Digits.into();
        let update = update_case(3, 2, &[Email]);
        let update = pb::UpdateCaseRequest { namesake: true, registration_number_check: judged, ..update };
        house.update(update).await.unwrap();
        let case = house.case().await;
        assert_eq!((case.state(), pending(&case)), (State::AwaitingEmail, vec![Email, Business]));
        assert!(case.namesake, "the reviewer is told of the namesake");
        assert_eq!(case.registration_number_check(), pb::NumberCheck::Digits);
        let request = pb::GetVettingCaseRequest { name: case.name };
        let seen = house.vetting().get_vetting_case(house.applicant(request)).await.unwrap().into_inner();
        assert!(!seen.namesake, "the applicant learns nothing of others");
        let nothing = pb::UpdateCaseRequest { touched: Vec::new(), ..update_case(4, 3, &[Email]) };
        assert_eq!(reason(house.update(nothing).await).1, "FIELD_INVALID");
    }
}

#[tokio::test]
async fn r18_a_case_is_withdrawn_when_the_last_who_waited_leaves() {
    for house in houses().await {
        house.open_case(3, 1).await.unwrap();
        house.open_case(4, 1).await.unwrap();
        house.close(close_case(3, 2)).await.unwrap();
        assert_eq!(house.case().await.state(), State::AwaitingEmail, "the other waits on");
        house.close(close_case(3, 2)).await.unwrap();
        house.close(close_case(4, 2)).await.unwrap();
        assert_eq!(house.case().await.state(), State::Withdrawn);
        assert_eq!(house.last_told().await, "WITHDRAWN");
        house.close(close_case(4, 3)).await.unwrap();
        assert_eq!(house.told().await.len(), 4, "opened, joined, left, withdrawn");
        house.open_case(4, 4).await.unwrap();
        assert_eq!(house.cases().await.len(), 2, "there is room for another");
    }
}
