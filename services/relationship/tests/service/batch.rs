//! Several questions at once.

use runtime::Role;
use testkit::on_every_database;
use wire::relationship as pb;
use wire::relationship::admin_grant_service_client::AdminGrantServiceClient;
use wire::relationship::order_eligibility_service_client::OrderEligibilityServiceClient;

use crate::orders::order;
use crate::stage::{CUSTOMER, OVERSEAS, PROVIDER, RESELLER, Stage, organization, reason, user};

impl Stage {
    async fn check_all(
        &self,
        by: u128,
        requests: Vec<pb::CheckOrderEligibilityRequest>,
    ) -> Result<Vec<pb::OrderEligibility>, tonic::Status> {
        let mut client = OrderEligibilityServiceClient::new(self.channel());
        let request = pb::BatchCheckOrderEligibilityRequest { requests };
        Ok(client.batch_check_order_eligibility(self.by(by, request)).await?.into_inner().results)
    }
}

#[tokio::test]
async fn r38_several_orders_are_checked_at_once_in_their_order() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        let partnership = stage.partners().await.result_partnership;
        stage.customer(&partnership).await;
        let other = pb::CheckOrderEligibilityRequest { customer: organization(9).name(), ..order(false) };
        let results = stage.check_all(PROVIDER, vec![order(false), other.clone(), order(false)]).await.unwrap();
        let eligible: Vec<_> = results.iter().map(|result| result.eligible).collect();
        assert_eq!(eligible, [true, false, true]);
        let mut client = OrderEligibilityServiceClient::new(stage.channel());
        for (result, single) in results.iter().zip([order(false), other.clone()]) {
            let alone = client.check_order_eligibility(stage.by(PROVIDER, single)).await.unwrap().into_inner();
            assert_eq!(alone.reasons, result.reasons, "as each alone");
        }
        assert!(results[1].reasons.iter().all(|why| !why.remedy.is_empty() && why.actor != 0));

        let strange = pb::CheckOrderEligibilityRequest { provider: organization(OVERSEAS).name(), ..order(false) };
        let refused = stage.check_all(CUSTOMER, vec![order(false), other]).await.unwrap_err();
        assert_eq!(reason(&refused), "NOT_A_PARTY", "one that is not the caller's refuses all");
        assert!(stage.check_all(CUSTOMER, vec![order(false), strange]).await.is_ok(), "it knows the reseller");
        let wrong = pb::CheckOrderEligibilityRequest { action: 0, customer: String::new(), ..order(false) };
        let refused = stage.check_all(PROVIDER, vec![order(false), wrong]).await.unwrap_err();
        let details = tonic_types::StatusExt::get_details_bad_request(&refused).unwrap();
        let fields: Vec<_> = details.field_violations.into_iter().map(|violation| violation.field).collect();
        assert_eq!(fields, ["requests[1].customer", "requests[1].action"]);
        for count in [0, 101] {
            let refused = stage.check_all(PROVIDER, vec![order(false); count]).await.unwrap_err();
            assert_eq!(reason(&refused), "FIELD_INVALID", "{count}");
        }
    })
    .await;
}

#[tokio::test]
async fn r43_a_batch_reads_afresh_what_its_questions_ask_for() {
    let stage = Stage::ready(testkit::sqlite()).await;
    let partnership = stage.partners().await.result_partnership;
    stage.customer(&partnership).await;
    stage.pass(1).await;
    let old = stage.check_all(PROVIDER, vec![order(false)]).await.unwrap();
    assert_eq!(old[0].reasons.len(), 3, "all three are unknown");
    for (n, country) in [(PROVIDER, "DE"), (RESELLER, "SE")] {
        stage.register(n, country);
    }
    let read = stage.check_all(PROVIDER, vec![order(true), order(false)]).await.unwrap();
    assert!(read.iter().all(|result| result.eligible), "{read:?}");
    assert!(stage.check_all(PROVIDER, vec![order(false)]).await.unwrap()[0].eligible, "and was kept");
}

#[tokio::test]
async fn r42_several_questions_of_access_are_answered_at_once_in_their_order() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        stage.partners().await;
        stage.tell_roles(PROVIDER, &[Role::AdminAgent]).await;
        let ask =
            |user: String, n: u128| pb::CheckDelegatedAccessRequest { user, organization: organization(n).name() };
        let batch = |requests| pb::BatchCheckDelegatedAccessRequest { requests };
        let mut client = AdminGrantServiceClient::new(stage.channel());
        let requests = vec![
            ask(user(PROVIDER), RESELLER),
            ask(user(PROVIDER), CUSTOMER),
            ask(user(9), PROVIDER),
            ask(String::new(), RESELLER),
        ];
        let results = client.batch_check_delegated_access(stage.by(PROVIDER, batch(requests.clone()))).await.unwrap();
        let results = results.into_inner().results;
        assert_eq!(results.iter().map(|one| one.allowed).collect::<Vec<_>>(), [true, false, false, true]);
        assert_eq!(results[0].directory_roles, ["directory-reader", "directory-writer"]);
        assert!(results[1..3].iter().all(|one| !one.explanation.is_empty()));
        for (one, request) in results.iter().zip(requests) {
            let alone = client.check_delegated_access(stage.by(PROVIDER, request)).await.unwrap().into_inner();
            assert_eq!(
                (alone.allowed, &alone.directory_roles, &alone.explanation),
                (one.allowed, &one.directory_roles, &one.explanation)
            );
        }
        let foreign = batch(vec![ask(user(PROVIDER), RESELLER), ask(user(OVERSEAS), RESELLER)]);
        let refused = client.batch_check_delegated_access(stage.by(PROVIDER, foreign)).await.unwrap_err();
        assert_eq!(reason(&refused), "NOT_A_PARTY");
        let none = client.batch_check_delegated_access(stage.by(PROVIDER, batch(Vec::new()))).await.unwrap_err();
        assert_eq!(reason(&none), "FIELD_INVALID");
    })
    .await;
}
