//! Keys that are replaced while calls are made (R66).

use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use linkage::{Client, ServiceName, SigningKey};
use serde_json::json;

use crate::harness::call::told;
use crate::harness::{Stage, on_sqlite};
use crate::scenes::Company;

const EVENTS: &str = "event.EventService/ListEvents";
const OTHERS: [ServiceName; 3] = [ServiceName::Verification, ServiceName::Relationship, ServiceName::Notification];
/// So many calls are made between two steps.
const CALLS: usize = 30;

/// Calls under way, by tokens of whichever key.
struct Calls {
    client: Client,
    tokens: Mutex<Vec<String>>,
    made: AtomicUsize,
    over: AtomicBool,
}

impl Calls {
    /// Calls every service but the one that restarts until it is over; what failed.
    async fn make(&self) -> Vec<String> {
        let method = self.client.method(EVENTS).expect(EVENTS);
        let mut failures = Vec::new();
        while !self.over.load(Ordering::Relaxed) {
            let tokens = self.tokens.lock().expect("tokens").clone();
            for (service, token) in
                OTHERS.into_iter().flat_map(|service| tokens.iter().map(move |token| (service, token)))
            {
                let answer = self.client.call(service, &method, &json!({}), Some(token)).await.expect("a request");
                self.made.fetch_add(1, Ordering::Relaxed);
                if answer.code != tonic::Code::Ok {
                    failures.push(format!("{service}: {}", told(&answer)));
                }
            }
        }
        failures
    }

    /// Lets some more calls be made.
    async fn go_on(&self) {
        let until = self.made.load(Ordering::Relaxed) + CALLS;
        while self.made.load(Ordering::Relaxed) < until {
            tokio::task::yield_now().await;
        }
    }
}

/// A key in a file of its own, as text.
fn new_key(folder: &Path) -> String {
    let file = folder.join("next.pem");
    SigningKey::load_or_create(&file).expect("a key");
    fs::read_to_string(file).expect("the key")
}

/// Enrollment begins anew with these keys.
async fn restart(stage: &mut Stage, file: &Path, keys: &[&str]) {
    fs::write(file, keys.concat()).expect("the keys are written");
    stage.stop(ServiceName::Enrollment).await;
    stage.restart(ServiceName::Enrollment).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r66_signing_keys_are_replaced_under_calls_and_no_call_fails() {
    on_sqlite(async |stage| {
        let company = Company::FJALLMOLN;
        stage.organization(company).await;
        let file = stage.settings.keys().join("access.pem");
        let (old, new) = (fs::read_to_string(&file).expect("the key"), new_key(&stage.settings.keys()));
        let first = token(stage, company).await;
        let calls = Calls {
            client: stage.client.clone(),
            tokens: Mutex::new(vec![first.clone()]),
            made: AtomicUsize::new(0),
            over: AtomicBool::new(false),
        };
        let replacing = async {
            // All have asked for the keys; who has not can't while enrollment restarts.
            calls.go_on().await;
            restart(stage, &file, &[&old, &new]).await;
            refresh(stage).await;
            calls.go_on().await;
            restart(stage, &file, &[&new, &old]).await;
            let second = token(stage, company).await;
            calls.tokens.lock().expect("tokens").push(second.clone());
            calls.go_on().await;
            calls.over.store(true, Ordering::Relaxed);
            second
        };
        let (failures, second) = futures::future::join(calls.make(), replacing).await;
        assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
        assert_ne!(kid(&first), kid(&second), "another key signs");
        // Once no token of it lasts any more, the old one is taken away.
        restart(stage, &file, &[&new]).await;
        refresh(stage).await;
        let method = stage.client.method(EVENTS).expect(EVENTS);
        let answer = |token: &str| {
            let (client, method, token) = (stage.client.clone(), method.clone(), token.to_owned());
            async move { client.call(ServiceName::Enrollment, &method, &json!({}), Some(&token)).await.expect("a request") }
        };
        assert_eq!(answer(&first).await.reason, "CREDENTIAL_INVALID");
        assert_eq!(answer(&second).await.code, tonic::Code::Ok);
    })
    .await;
}

#[tokio::test]
async fn r66_a_services_key_is_replaced_and_its_siblings_believe_it_all_the_while() {
    on_sqlite(async |stage| {
        let company = Company::FJALLMOLN;
        let organization = stage.organization(company).await;
        let file = stage.settings.keys().join("enrollment.pem");
        let (old, new) = (fs::read_to_string(&file).expect("the key"), new_key(&stage.settings.keys()));
        fs::write(&file, format!("{old}{new}")).expect("the keys are written");
        for service in OTHERS {
            stage.stop(service).await;
            stage.restart(service).await;
        }
        for (step, keys) in [&[&*old, &*new][..], &[&*new, &*old], &[&*new]].into_iter().enumerate() {
            restart(stage, &file, keys).await;
            let user = json!({ "email": company.person(&format!("sven{step}")), "roles": ["ROLE_SALES_AGENT"] });
            let request = json!({ "parent": organization, "user": user });
            stage.ok(&company.admin(), "enrollment.UserService/CreateUser", request).await;
            // Fails where anything stays undelivered.
            stage.settle().await;
        }
    })
    .await;
}

/// A token that was signed just now.
async fn token(stage: &mut Stage, company: Company) -> String {
    stage.people.forget(&company.admin());
    stage.people.token(&stage.client, &company.admin(), None).await.expect("a token").expect("signed in")
}

/// What each minute brings: services ask for the keys anew.
async fn refresh(stage: &Stage) {
    for node in stage.suite.nodes() {
        node.refresh_keys().await.expect("keys are given");
    }
}

/// The key that a token names.
fn kid(token: &str) -> Option<String> {
    jsonwebtoken::decode_header(token).expect("a header").kid
}
