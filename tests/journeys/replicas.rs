//! Several replicas of each service on one database (R60).

use futures::future::join_all;
use linkage::Client;
use linkage::demo::play::request_id;
use serde_json::json;

use crate::harness::call::holds;
use crate::harness::each;
use crate::scenes::{Capacity, Company};

#[tokio::test]
async fn r60_replicas_share_data_answers_and_work() {
    each(async |stage| {
        if !stage.can_be_replicated() {
            return;
        }
        let applicant = stage.applicant(Company::FJALLMOLN, Capacity::Reseller).await;
        let (second, client) = stage.replica().await;
        let submit = "enrollment.EnrollmentService/SubmitEnrollment";
        let request = json!({ "request_id": request_id(), "name": applicant.enrollment });
        let first = stage.call(&applicant.admin, submit, request.clone()).await;
        let token =
            stage.people.token(&stage.client, &applicant.admin, None).await.expect("a token").expect("signed in");
        let method = client.method(submit).expect(submit);
        let home = Client::home(&method).expect("a service");
        let again = client.call(home, &method, &request, Some(&token)).await.expect("a request");
        assert!(again.metadata.contains_key("idempotency-replayed"), "{again:?}");
        assert_eq!(again.payload, first.payload);
        // Both deliver at once, each the lanes that it holds.
        for _ in 0..10 {
            let nodes = || stage.suite.nodes().iter().chain(second.nodes());
            for pass in join_all(nodes().map(|node| node.relay_once())).await {
                pass.expect("the outbox is delivered");
            }
            for pass in join_all(nodes().map(|node| node.sweep_once())).await {
                pass.expect("the sweep passes");
            }
        }
        // Then both go, and others carry on with what they left.
        second.stop().await;
        let (third, client) = stage.replica().await;
        std::mem::replace(&mut stage.suite, third).stop().await;
        stage.client = client;
        for kind in ["enrollment-status", "email-verification"] {
            assert_eq!(stage.mails(&applicant.company.contact(), kind).await.len(), 1, "{kind} once");
        }
        stage.confirm_both(&applicant).await;
        stage.approve(&applicant.organization).await;
        holds(&stage.enrollment(&applicant).await, json!({ "state": "STATE_QUALIFIED" }));
        assert_eq!(stage.mails(&applicant.company.contact(), "enrollment-status").await.len(), 2);
    })
    .await;
}
