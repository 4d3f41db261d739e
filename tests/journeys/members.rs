//! What taking a user's rights away comes to at all four services (R11).

use linkage::ServiceName;
use serde_json::json;

use crate::harness::call::told;
use crate::harness::{Stage, each};
use crate::scenes::Company;

const UPDATE: &str = "enrollment.UserService/UpdateUser";

/// What each service says to this token about its own journal, which every user may read.
async fn heard(stage: &Stage, token: &str) -> Vec<(ServiceName, String)> {
    let method = stage.client.method("event.EventService/ListEvents").expect("ListEvents");
    let mut answers = Vec::new();
    for service in ServiceName::ALL {
        let answer = stage.client.call(service, &method, &json!({}), Some(token)).await.expect("a request");
        assert!(answer.code == tonic::Code::Ok || !answer.reason.is_empty(), "{service}: {}", told(&answer));
        answers.push((service, answer.reason));
    }
    answers
}

#[tokio::test]
async fn r11_rights_that_are_taken_away_count_nowhere_once_all_are_told() {
    each(async |stage| {
        let company = Company::FJALLMOLN;
        let organization = stage.organization(company).await;
        let admin = company.admin();
        for (number, deed) in ["disable", "delete", "another role"].into_iter().enumerate() {
            let email = company.person(&format!("sven{number}"));
            let user = json!({ "email": email, "roles": ["ROLE_SALES_AGENT"] });
            let request = json!({ "parent": organization, "user": user });
            let user = stage.ok(&admin, "enrollment.UserService/CreateUser", request).await["name"].clone();
            stage.settle().await;
            let token = stage.people.token(&stage.client, &email, None).await.expect("a token").expect("signed in");
            let all = |reason: &str| ServiceName::ALL.map(|service| (service, reason.to_owned())).to_vec();
            assert_eq!(heard(stage, &token).await, all(""), "{deed}");
            match deed {
                "disable" => {
                    let change = json!({ "user": { "name": user, "state": "STATE_DISABLED" } });
                    stage.ok(&admin, UPDATE, change).await;
                }
                "delete" => {
                    stage.ok(&admin, "enrollment.UserService/DeleteUser", json!({ "name": user })).await;
                }
                _ => {
                    let change = json!({ "user": { "name": user, "roles": ["ROLE_HELPDESK_AGENT"] } });
                    stage.ok(&admin, UPDATE, change).await;
                }
            }
            let at_once = heard(stage, &token).await;
            let refused = |(service, reason): &&(ServiceName, String)| {
                reason == "CREDENTIAL_INVALID" && *service == ServiceName::Enrollment
            };
            assert_eq!(at_once.iter().filter(refused).count(), 1, "{deed}: {at_once:?}");
            stage.settle().await;
            assert_eq!(heard(stage, &token).await, all("CREDENTIAL_INVALID"), "{deed}");
        }
        // Who is let in again gets a token that counts everywhere.
        let email = company.person("sven0");
        let list = json!({ "parent": organization, "state": "STATE_DISABLED" });
        let disabled = stage.ok(&admin, "enrollment.UserService/ListUsers", list).await;
        let user = json!({ "name": disabled["users"][0]["name"], "state": "STATE_ACTIVE" });
        stage.ok(&admin, UPDATE, json!({ "user": user })).await;
        stage.settle().await;
        stage.people.forget(&email);
        let token = stage.people.token(&stage.client, &email, None).await.expect("a token").expect("signed in");
        assert!(heard(stage, &token).await.iter().all(|(_, reason)| reason.is_empty()));
    })
    .await;
}
