//! The matrix of roles, tried: every RPC as every role, at home and in another organization, and as everybody without one.

mod cast;

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt as _, stream};
use linkage::demo::play::request_id;
use linkage::{Answer, Client, ServiceName};
use prost::Message as _;
use prost_reflect::{DynamicMessage, MethodDescriptor, Value};
use serde::Deserialize;
use tonic::Code;

use super::samples::{self, Sample};
use super::{set_out, walk};
use crate::harness::call::told;
use crate::harness::on_sqlite;
use cast::{Caller, Cast, Who};

const TABLE: &str = include_str!("roles.yaml");
const AT_ONCE: usize = 8;
/// Refused by the handler, and so let in by the guard.
const NO_REQUEST_ID: &str = "nonsense";

/// Who may call an RPC.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    rpc: String,
    #[serde(default)]
    own: Vec<String>,
    #[serde(default)]
    operator: Vec<String>,
    #[serde(default)]
    peers: Vec<String>,
    #[serde(default)]
    machines: Vec<String>,
    #[serde(default)]
    open: Option<Open>,
    #[serde(default = "missing")]
    foreign: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Open {
    Anyone,
    People,
}

/// What a call must come to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    /// Let in.
    Allowed,
    /// None of the caller's roles allows it.
    Refused,
    /// There is no credential.
    Unknown,
    /// Of another organization: this reason.
    Foreign(String),
    /// Of another organization: an empty answer.
    Nothing,
}

fn missing() -> String {
    "RESOURCE_MISSING".to_owned()
}

fn table() -> Vec<Row> {
    serde_saphyr::from_str(TABLE).expect("the table of roles")
}

impl Row {
    fn verdict(&self, caller: &Caller, home: Option<&str>) -> Verdict {
        let holds = |roles: &[String], role: &str| roles.iter().any(|one| one == role || one == "ANY");
        match (&caller.who, self.open) {
            (_, Some(Open::Anyone)) => Verdict::Allowed,
            (Who::Nobody, _) => Verdict::Unknown,
            (Who::Service(service), _) if self.peers.iter().any(|peer| peer == service.as_str()) => Verdict::Allowed,
            (Who::Person | Who::User { .. }, Some(Open::People)) => Verdict::Allowed,
            (Who::Service(_) | Who::Person, _) => Verdict::Refused,
            (Who::User { role, operator: true, .. }, _) if holds(&self.operator, role) => Verdict::Allowed,
            (Who::User { role, .. }, _) if !holds(&self.own, role) => Verdict::Refused,
            (Who::Machine { role, .. }, _) if !holds(&self.machines, role) => Verdict::Refused,
            (Who::User { organization, .. } | Who::Machine { organization, .. }, _) if home == Some(organization) => {
                Verdict::Allowed
            }
            _ => match self.foreign.as_str() {
                "own" => Verdict::Allowed,
                "nothing" => Verdict::Nothing,
                reason => Verdict::Foreign(reason.to_owned()),
            },
        }
    }
}

#[test]
fn r11_every_rpc_has_a_row_in_the_matrix_of_roles() {
    let client = Client::new(&BTreeMap::new()).expect("a client");
    let named: Vec<_> = table().iter().map(|row| client.method(&row.rpc).expect(&row.rpc)).collect();
    let lacking: Vec<_> = samples::methods(client.pool())
        .into_iter()
        .filter(|method| !named.contains(method))
        .map(|method| method.full_name().to_owned())
        .collect();
    assert!(lacking.is_empty(), "roles.yaml says nothing of:\n{}\n", lacking.join("\n"));
    let names: BTreeSet<_> = named.iter().map(|method| method.full_name().to_owned()).collect();
    assert_eq!(names.len(), named.len(), "no RPC has two rows");
}

#[expect(clippy::print_stdout, reason = "a run tells what it has counted")]
#[tokio::test(flavor = "multi_thread")]
async fn r11_every_role_may_what_its_row_says_and_nothing_else_at_home_and_elsewhere() {
    on_sqlite(async |stage| {
        let table = samples::table();
        let mut walk = walk::stroll(stage, &table, false).await;
        // None is parked; whoever may deal with such a row is told in another way.
        walk.vars.set("outbox_row", serde_json::json!("events/00000000000000000000000000/outboxRows/relationship"));
        set_out(stage, &mut walk).await;
        let now = stage.now().await;
        let samples: Vec<_> = table.into_iter().map(|sample| sample.filled(&walk.vars, now)).collect();
        let cast = Cast::of(stage, &samples).await;
        let mut calls = Vec::new();
        for row in self::table() {
            let method = stage.client.method(&row.rpc).expect(&row.rpc);
            let sample = samples.iter().find(|sample| sample.method(&stage.client) == method).expect(&row.rpc);
            let organization = cast.home(&sample.caller);
            for home in sample.homes(&method) {
                for caller in cast.callers(organization) {
                    let verdict = row.verdict(caller, organization);
                    let token = cast.token(stage, caller, home).await;
                    let payload = payload(sample, &method, &verdict, caller);
                    calls.push(Call {
                        row: row.rpc.clone(),
                        method: method.clone(),
                        home,
                        caller,
                        verdict,
                        token,
                        payload,
                    });
                }
            }
        }
        let mut counted: BTreeMap<&Verdict, usize> = BTreeMap::new();
        for call in &calls {
            *counted.entry(&call.verdict).or_default() += 1;
        }
        let client = &stage.client;
        let failures: Vec<String> = stream::iter(&calls)
            .map(|call| async move {
                let answer =
                    client.call_raw(call.home, &call.method, call.payload.clone(), call.token.as_deref()).await;
                call.wrong(&answer)
            })
            .buffered(AT_ONCE)
            .filter_map(futures::future::ready)
            .collect()
            .await;
        println!("{} calls of {} RPCs: {counted:?}", calls.len(), self::table().len());
        assert!(failures.is_empty(), "{} of {} calls:\n{}\n", failures.len(), calls.len(), failures.join("\n"));
        for verdict in
            [Verdict::Allowed, Verdict::Refused, Verdict::Unknown, Verdict::Foreign(missing()), Verdict::Nothing]
        {
            assert!(counted.get(&verdict).is_some_and(|count| *count > 5), "{verdict:?} was hardly tried: {counted:?}");
        }
    })
    .await;
}

/// One call and what it must come to.
struct Call<'a> {
    row: String,
    method: MethodDescriptor,
    home: ServiceName,
    caller: &'a Caller,
    verdict: Verdict,
    token: Option<String>,
    payload: Vec<u8>,
}

/// Who is not let in learns that before anything is read, so an empty request does. What would change something is made so that the handler
/// refuses it for what it says; what is another organization's is asked for in full, as nothing comes of it.
fn payload(sample: &Sample, method: &MethodDescriptor, verdict: &Verdict, caller: &Caller) -> Vec<u8> {
    let mut message = sample.message(method);
    let request_id = |message: &mut DynamicMessage, id: &str| {
        if method.input().get_field_by_name("request_id").is_some() {
            message.set_field_by_name("request_id", Value::String(id.to_owned()));
        }
    };
    match (verdict, &caller.who) {
        (Verdict::Refused | Verdict::Unknown, _) => return Vec::new(),
        (Verdict::Allowed, Who::User { .. } | Who::Machine { .. }) if !sample.is_anonymous() => {
            request_id(&mut message, NO_REQUEST_ID);
        }
        (Verdict::Allowed, _) => return Vec::new(),
        (Verdict::Foreign(_) | Verdict::Nothing, _) => request_id(&mut message, &self::request_id()),
    }
    message.encode_to_vec()
}

impl Call<'_> {
    /// What is not right about the answer.
    fn wrong(&self, answer: &Answer) -> Option<String> {
        let (code, reason) = (answer.code, answer.reason.as_str());
        let right = match &self.verdict {
            Verdict::Refused => (code, reason) == (Code::PermissionDenied, "ROLE_REQUIRED"),
            Verdict::Unknown => (code, reason) == (Code::Unauthenticated, "CREDENTIAL_MISSING"),
            Verdict::Foreign(expected) => {
                matches!(code, Code::NotFound | Code::PermissionDenied)
                    && reason == expected
                    && reason != "ROLE_REQUIRED"
            }
            Verdict::Nothing => code == Code::Ok && is_nothing(&answer.body),
            // What changes something is refused for its request id, all else is answered.
            Verdict::Allowed if self.payload.is_empty() => {
                !matches!(code, Code::PermissionDenied | Code::Unauthenticated)
            }
            Verdict::Allowed if self.writes() => (code, reason) == (Code::InvalidArgument, "FIELD_INVALID"),
            Verdict::Allowed => code == Code::Ok,
        };
        (!right)
            .then(|| format!("{} at {} as {}: {:?}: {}", self.row, self.home, self.caller, self.verdict, told(answer)))
    }

    fn writes(&self) -> bool {
        self.method.input().get_field_by_name("request_id").is_some()
    }
}

/// Whether an answer holds no row and allows nothing.
fn is_nothing(body: &serde_json::Value) -> bool {
    let nothing = |value: &serde_json::Value| match value {
        serde_json::Value::Array(rows) => rows.is_empty(),
        serde_json::Value::Bool(allowed) => !allowed,
        serde_json::Value::String(text) => text.is_empty(),
        _ => true,
    };
    body.as_object().is_some_and(|fields| fields.iter().all(|(name, value)| name == "evaluate_time" || nothing(value)))
}
