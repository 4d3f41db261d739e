//! Links under many hands: a thousand openings change nothing, and of many answers at once one counts.

use futures::future::join_all;
use wire::types::Contact;
use wire::verification as pb;

use crate::house::{House, child, houses, organization, reason};
use crate::requests::{open_case, yes};

const AT_ONCE: usize = 64;

#[tokio::test]
async fn r20_a_thousand_openings_leave_the_row_as_it_was_and_the_link_works_once() {
    for house in houses().await {
        house.open_case(3, 1).await.unwrap();
        let mail = house.mails().await.pop().unwrap();
        let before = house.dump();
        let emails = house.emails();
        let open = || {
            let (mut emails, token) = (emails.clone(), mail.token.clone());
            async move { emails.inspect_email_verification(pb::InspectEmailVerificationRequest { token }).await }
        };
        for _ in 0..20 {
            for shown in join_all((0..50).map(|_| open())).await {
                assert_eq!(shown.unwrap().into_inner().state(), pb::email_verification::State::Pending);
            }
        }
        assert!(before.iter().any(|(table, rows)| table == "email_verification" && rows.len() == 1));
        assert_eq!(house.dump(), before, "byte for byte, in every table");
        house.confirm(yes(&mail.token)).await.unwrap();
        assert_eq!(reason(house.confirm(yes(&mail.token)).await).1, "TOKEN_USED");
    }
}

/// So many rounds, each with a link of its own that many answer at once.
async fn rounds(house: &House, rounds: u128) {
    for round in 1_000..1_000 + rounds {
        let person = |name: &str| {
            Some(Contact {
                given_name: name.to_owned(),
                family_name: "Ek".to_owned(),
                email: format!("{}@round-{round}.example", name.to_lowercase()),
                phone: String::new(),
            })
        };
        let mut request = open_case(3, 1);
        request.organization = organization(round).name();
        request.enrollment = child::<ids::kind::Enrollment>(round, 3);
        (request.primary_contact, request.company_approver) = (person("Ada"), person("Bo"));
        let origin = request.origin.as_mut().unwrap();
        origin.subject = request.enrollment.clone();
        origin.event_id = crate::house::id::<ids::kind::Event>(100_000 + round).to_string();
        house.open(request).await.unwrap();
        let to = format!("ada@round-{round}.example");
        let token = house.mails().await.into_iter().rfind(|mail| mail.to == to).unwrap().token;
        let answers = join_all((0..AT_ONCE).map(|_| house.confirm(yes(&token)))).await;
        let (done, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        assert_eq!(done.len(), 1, "round {round}");
        for refused in refused {
            assert_eq!(reason(refused).1, "TOKEN_USED", "round {round}");
        }
        let told = house.told().await;
        let name = organization(round).name();
        let queued = told.iter().filter(|told| told.organization == name && told.case_state == "QUEUED");
        assert_eq!(queued.count(), 1, "round {round}: told once");
    }
}

#[tokio::test]
async fn r21_of_many_answers_at_once_one_counts() {
    for house in houses().await {
        rounds(&house, 20).await;
    }
}

#[tokio::test]
#[ignore = "a thousand rounds take minutes"]
async fn r21_of_many_answers_at_once_one_counts_a_thousand_times() {
    for house in houses().await {
        rounds(&house, 1_000).await;
    }
}
