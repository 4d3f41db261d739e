//! Wrong input, generated for every field of every RPC: refused by name, with a reason, and without effect.

mod fields;
mod foreign;
mod quiet;
mod roles;
mod samples;
mod tokens;
mod verdict;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt as _, future, stream};
use linkage::demo::play::request_id;
use linkage::{Client, SigningKey};
use serde_json::{Value, json};

use crate::harness::call::{NOBODY, text};
use crate::harness::{Stage, on_the_stricter};
use fields::Case;
use quiet::Quiet;
use samples::Sample;
use walk::Walk;

/// Wrong requests under way at once.
const AT_ONCE: usize = 8;
/// Nobody's partner.
const OUTSIDER: &str = "otis.outside@outside.example";

#[test]
fn every_rpc_has_a_sample_that_says_something_of_every_field() {
    let client = Client::new(&BTreeMap::new()).expect("a client");
    let table = samples::table();
    let mut lacking = Vec::new();
    for method in samples::methods(client.pool()) {
        let full = format!("{}/{}", method.parent_service().full_name(), method.name());
        let same = |sample: &&Sample| sample.method(&client) == method;
        let of_method: Vec<&Sample> = table.iter().filter(same).collect();
        if of_method.is_empty() {
            lacking.push(full.clone());
        }
        for path in fields::paths(&method.input(), "") {
            // The parts of an origin are those of the variable that stands for it.
            let said = path.starts_with("origin.")
                || of_method
                    .iter()
                    .any(|sample| sample.ignores(&path) || sample.may_lack(&path) || is_set(&sample.request, &path));
            if !said && !of_method.is_empty() {
                lacking.push(format!("{full}: {path}"));
            }
        }
        for sample in of_method {
            let known: BTreeSet<String> = fields::paths(&method.input(), "").into_iter().collect();
            let has = |path: &String| known.iter().any(|one| one == path || one.starts_with(&format!("{path}.")));
            lacking.extend(sample.ignored.iter().filter(|path| !has(path)).map(|path| format!("{full}: no {path}")));
        }
    }
    assert!(lacking.is_empty(), "the table of samples says nothing of:\n{}\n", lacking.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_input_is_refused_by_name_and_changes_nothing() {
    on_the_stricter(async |stage| {
        let table = samples::table();
        let mut walk = walk::walk(stage, &table).await;
        let own = set_out(stage, &mut walk).await;
        let now = stage.now().await;
        let samples: Vec<_> = table.into_iter().map(|sample| sample.filled(&walk.vars, now)).collect();
        let mut failures = walk.failures.clone();
        failures.extend(unwalked(stage, &walk));
        failures.extend(fields(stage, &samples).await);
        let quiet = Quiet::from_here(stage).await;
        failures.extend(tokens::failures(stage, &samples).await);
        failures.extend(foreign::failures(stage, &samples, OUTSIDER, &own).await);
        failures.extend(quiet.broken(stage).await.map(|broken| format!("forged or foreign: {broken}")));
        assert!(failures.is_empty(), "{} times:\n{}\n", failures.len(), failures.join("\n"));
    })
    .await;
}

/// Calls every RPC with every wrong request; what was not right.
async fn fields(stage: &mut Stage, samples: &[Sample]) -> Vec<String> {
    let mut failures = Vec::new();
    for sample in samples {
        let method = sample.method(&stage.client);
        // Every service answers what all serve by the same code: one of them is enough.
        let home = sample.homes(&method)[0];
        let token = tokens::of(stage, sample, home).await;
        let (guesses, wrong): (Vec<_>, Vec<_>) =
            fields::cases(sample, &method).into_iter().partition(|case| case.secret);
        let quiet = Quiet::from_here(stage).await;
        failures.extend(answers(stage, sample, token.as_deref(), &wrong).await);
        failures.extend(quiet.broken(stage).await.map(|broken| format!("{}: {broken}", sample.rpc)));
        // Tries are counted: these may leave a trace.
        failures.extend(answers(stage, sample, token.as_deref(), &guesses).await);
    }
    failures
}

/// Sends wrong requests, several at once; what was not right about the answers.
async fn answers(stage: &Stage, sample: &Sample, token: Option<&str>, cases: &[Case]) -> Vec<String> {
    let method = &sample.method(&stage.client);
    let home = sample.homes(method)[0];
    let answer = async |case: &Case| {
        let answer = stage.client.call_raw(home, method, case.payload.clone(), token).await;
        let wrong = verdict::of_case(stage.client.pool(), case, &answer);
        wrong.map(|wrong| format!("{}: {} {} {}: {wrong}", sample.rpc, case.path, case.wrong, case.value))
    };
    stream::iter(cases).map(answer).buffered(AT_ONCE).filter_map(future::ready).collect().await
}

/// The names that the table needs beside those of the walk; the outsider's organization.
async fn set_out(stage: &mut Stage, walk: &mut Walk) -> String {
    let now = stage.now().await;
    let name = |name: &str| walk.vars.text(&format!("${{{name}}}"), now).expect(name);
    let (astrid, greta, reseller, klaus) = (name("astrid"), name("greta"), name("reseller"), name("klaus"));
    let organization = json!({ "display_name": "Outside AB", "region_code": "SE", "language_code": "en" });
    let request = json!({ "organization": organization });
    let own = stage.ok(OUTSIDER, "enrollment.OrganizationService/CreateOrganization", request).await;
    let relationships = "relationship.ResellerRelationshipService/ListResellerRelationships";
    let relationships = stage.ok(&astrid, relationships, json!({})).await;
    let provider_user = stage.myself(&greta).await;
    let mail = stage.mail(&klaus, "email-verification").await;
    let operator = stage.operator();
    let messages = stage.ok(&operator, "notification.MessageService/ListMessages", json!({ "page_size": 1 })).await;
    let identity_token = stage.people.identity_token(&astrid).expect("an identity token");
    let request = json!({ "identity_token": identity_token });
    let session = stage.ok(NOBODY, "enrollment.SessionService/CreateSession", request).await;
    let (assertion, workload, workload_token) = machines(stage, &astrid, &reseller).await;
    stage.settle().await;
    for (name, value) in [
        ("assertion", json!(assertion)),
        ("workload", json!(workload)),
        ("workload_token", json!(workload_token)),
        ("outsider", json!(OUTSIDER)),
        ("relationship", json!(text(&relationships, "reseller_relationships[0].name"))),
        ("provider_user", json!(text(&provider_user, "name"))),
        ("mail", json!(text(&mail, "name"))),
        ("message", json!(text(&messages, "messages[0].name"))),
        ("identity_token", json!(identity_token)),
        ("session_token", session["session_token"].clone()),
        ("origin_enrollment", origin("enrollment", &reseller, now)),
        ("origin_verification", origin("verification", &reseller, now)),
        ("origin_relationship", origin("relationship", &reseller, now)),
        ("origin_notification", origin("notification", &reseller, now)),
    ] {
        walk.vars.set(name, value);
    }
    text(&own, "name")
}

/// What a machine of this organization proves itself by; another that an issuer vouches for, and what it says.
async fn machines(stage: &mut Stage, admin: &str, organization: &str) -> (String, String, String) {
    let key = SigningKey::generate().expect("a key");
    let application = stage.application(admin, organization, &["EVENT_READ"], &key).await;
    let assertion = stage.assertion(&application, &key).await;
    let subject = "orders@machines.example";
    let request = json!({
        "parent": organization, "application": { "display_name": "Workload", "roles": ["ROLE_EVENT_READ"] },
        "credential": { "federated_subject": { "issuer": linkage::people::ISSUER, "subject": subject } },
    });
    let workload = stage.ok(admin, "enrollment.ApplicationService/CreateApplication", request).await;
    let token = stage.people.identity_token(subject).expect("a token of the issuer");
    (assertion, text(&workload, "name"), token)
}

fn origin(source: &str, subject: &str, now: chrono::DateTime<chrono::Utc>) -> Value {
    json!({
        "source": source, "epoch": 1, "event_id": "00000000000000000000000000", "subject": subject, "version": 1_000,
        "occur_time": now.to_rfc3339(), "request_id": request_id(),
        "trace_parent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    })
}

/// The RPCs that take a request id or an etag, but were not met on the walk.
fn unwalked(stage: &Stage, walk: &Walk) -> Vec<String> {
    let mut missed = Vec::new();
    let met = |list: &BTreeSet<String>, method| {
        list.iter().any(|rpc| stage.client.method(rpc).is_ok_and(|one| one == method))
    };
    for method in samples::methods(stage.client.pool()) {
        let full = method.full_name().to_owned();
        let peer = method.input().get_field_by_name("origin").is_some();
        if !peer && method.input().get_field_by_name("request_id").is_some() && !met(&walk.reused, method.clone()) {
            missed.push(format!("{full}: no request id came twice on the walk"));
        }
        if walk::etag(&method).is_some() && !met(&walk.stale, method) {
            missed.push(format!("{full}: no stale etag was sent on the walk"));
        }
    }
    missed
}

/// Whether the request has the field, of lists in the first element.
fn is_set(request: &Value, path: &str) -> bool {
    let mut here = request;
    for name in path.split('.') {
        here = match here {
            Value::Array(items) => items.first().unwrap_or(&Value::Null),
            other => other,
        };
        match here.get(name) {
            Some(value) => here = value,
            None => return false,
        }
    }
    true
}
