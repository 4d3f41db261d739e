//! What is not the caller's to see answers as what does not exist: byte for byte.

use linkage::Answer;
use serde_json::Value;

use super::samples::Sample;
use super::tokens;
use crate::harness::Stage;
use crate::harness::call::told;

/// Asks as an outsider for what others have and for what nobody has; what was not right.
pub(super) async fn failures(stage: &mut Stage, samples: &[Sample], outsider: &str, own: &str) -> Vec<String> {
    let mut failures = Vec::new();
    let token = tokens::user(stage, outsider).await;
    let own = own.strip_prefix("organizations/").expect("an organization");
    for sample in samples.iter().filter(|sample| sample.caller.contains('@') && !sample.open) {
        let mut organizations = Vec::new();
        let others = ids(&sample.request, &mut organizations);
        if others + organizations.len() == 0 {
            continue;
        }
        let mut pairs = vec![(sample.request.clone(), absent(&sample.request, &[]))];
        if others > 0 {
            let mine = replaced(&sample.request, &|id| organizations.iter().any(|o| o == id).then(|| own.to_owned()));
            let absent = absent(&mine, &[own]);
            pairs.push((mine, absent));
        }
        for (foreign, absent) in pairs {
            failures.extend(compare(stage, sample, &token, foreign, absent).await);
        }
    }
    failures
}

async fn compare(stage: &Stage, sample: &Sample, token: &str, foreign: Value, absent: Value) -> Option<String> {
    let method = sample.method(&stage.client);
    let home = sample.homes(&method)[0];
    let there = stage.client.call(home, &method, &foreign, Some(token)).await.expect("a request");
    let nowhere = stage.client.call(home, &method, &absent, Some(token)).await.expect("a request");
    // A watch begins for anybody, and tells of what one is party to.
    let lists = ["List", "Watch"].iter().any(|verb| method.name().starts_with(verb));
    let nothing = lists || denies(&there.body);
    if there.code == tonic::Code::Ok && !nothing {
        return Some(format!("{}: an outsider may: {foreign}", sample.rpc));
    }
    (bytes(&there) != bytes(&nowhere))
        .then(|| format!("{}:\n  foreign {}\n  absent  {}\n  for {foreign}", sample.rpc, told(&there), told(&nowhere)))
}

/// All that a caller gets to see.
fn bytes(answer: &Answer) -> (i32, String, Vec<u8>, String) {
    let details = answer.status.as_ref().map(|status| status.details().to_vec()).unwrap_or_default();
    let mut body = answer.body.clone();
    forget_times(&mut body);
    (answer.code.into(), answer.message.clone(), details, body.to_string())
}

/// Whether an answer allows nothing, or each of several does.
fn denies(body: &Value) -> bool {
    body["allowed"] == false || body["results"].as_array().is_some_and(|results| results.iter().all(denies))
}

/// When something was answered differs from call to call.
fn forget_times(body: &mut Value) {
    match body {
        Value::Object(fields) => {
            fields.remove("evaluate_time");
            fields.values_mut().for_each(forget_times);
        }
        Value::Array(items) => items.iter_mut().for_each(forget_times),
        _ => {}
    }
}

/// How many ids of others than organizations are named; the organizations' are noted.
fn ids(request: &Value, organizations: &mut Vec<String>) -> usize {
    match request {
        Value::String(text) => {
            let parts: Vec<_> = text.split('/').collect();
            let ids = parts.iter().zip(parts.iter().skip(1)).filter(|(_, id)| is_id(id));
            let (of_organizations, others): (Vec<_>, Vec<_>) = ids.partition(|(kind, _)| **kind == "organizations");
            organizations.extend(of_organizations.into_iter().map(|(_, id)| (*id).to_owned()));
            others.len()
        }
        Value::Array(items) => items.iter().map(|item| ids(item, organizations)).sum(),
        Value::Object(fields) => fields.values().map(|value| ids(value, organizations)).sum(),
        _ => 0,
    }
}

/// The request about what nobody ever had, but for what is kept.
fn absent(request: &Value, kept: &[&str]) -> Value {
    replaced(request, &|id| (!kept.contains(&id)).then(|| format!("000{}", &id[3..])))
}

fn replaced(request: &Value, instead: &dyn Fn(&str) -> Option<String>) -> Value {
    match request {
        Value::String(text) if text.contains('/') => {
            let part = |part: &str| Some(part).filter(|part| is_id(part)).and_then(instead);
            let parts: Vec<_> = text.split('/').map(|text| part(text).unwrap_or_else(|| text.to_owned())).collect();
            Value::String(parts.join("/"))
        }
        Value::Array(items) => items.iter().map(|item| replaced(item, instead)).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), replaced(value, instead))).collect(),
        other => other.clone(),
    }
}

fn is_id(part: &str) -> bool {
    part.len() == 26 && part.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'v').contains(&byte))
}
