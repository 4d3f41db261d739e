//! The shipped journey walked by hand. At each change on the way the same id comes with another payload, and a stale etag before it.

use std::collections::BTreeSet;

use linkage::demo::journey::{ExpectMail, Step};
use linkage::demo::matching::{at, differences};
use linkage::demo::play::{code_name, request_id};
use linkage::demo::vars::{Vars, span};
use linkage::demo::{Journey, SHIPPED};
use linkage::{Client, ServiceName};
use prost_reflect::MethodDescriptor;
use serde_json::{Value, json};

use super::quiet::Quiet;
use super::samples::Sample;
use crate::harness::Stage;
use crate::harness::call::{NOBODY, told};

/// Lacking in the journey: a change of a user.
const UPDATE_USER: &str = r#"{ "title": "", "steps": [
    { "name": "a user", "as": "${astrid}", "call": "enrollment.UserService/ListUsers", "request": { "parent": "${reseller}" },
      "save": { "reseller_user": "users[0].name", "sales_user": "users[1].name" } },
    { "name": "another name", "as": "${astrid}", "call": "enrollment.UserService/UpdateUser",
      "request": { "user": { "name": "${sales_user}", "display_name": "Sven Ny" } } }
] }"#;
const UPDATE_USER_TWICE: &str = r#"{ "title": "", "steps": [
    { "name": "one more name", "as": "${astrid}", "call": "enrollment.UserService/UpdateUser",
      "request": { "user": { "name": "${sales_user}", "display_name": "Sven Nyare" } } },
    { "name": "the last name", "as": "${astrid}", "call": "enrollment.UserService/UpdateUser",
      "request": { "user": { "name": "${sales_user}", "display_name": "Sven Nyast" } } }
] }"#;
/// Lacking in the journey: what becomes of enrollments later.
const LATER: &str = r#"{ "title": "", "steps": [
    { "name": "one more draft", "as": "${astrid}", "call": "enrollment.EnrollmentService/CreateEnrollment",
      "request": { "parent": "${reseller}", "enrollment": { "type": "ENROLLMENT_TYPE_INDIRECT_PROVIDER" } }, "save": { "draft": "name" } },
    { "name": "named", "as": "${astrid}", "call": "enrollment.EnrollmentService/UpdateEnrollment",
      "request": { "enrollment": { "name": "${draft}", "external_id": "P-1" } } },
    { "name": "named anew", "as": "${astrid}", "call": "enrollment.EnrollmentService/UpdateEnrollment",
      "request": { "enrollment": { "name": "${draft}", "external_id": "P-2" } } },
    { "name": "given up", "as": "${astrid}", "call": "enrollment.EnrollmentService/WithdrawEnrollment", "request": { "name": "${draft}" } },
    { "name": "taken up", "as": "${astrid}", "call": "enrollment.EnrollmentService/ReopenEnrollment", "request": { "name": "${draft}" } },
    { "name": "stopped", "as": "${operator}", "call": "enrollment.EnrollmentService/SuspendEnrollment",
      "request": { "name": "${reseller_enrollment}", "reason": "INVOICE_OVERDUE", "reason_text": "The invoice of May is not paid." } },
    { "name": "let go on", "as": "${operator}", "call": "enrollment.EnrollmentService/ResumeEnrollment",
      "request": { "name": "${reseller_enrollment}", "reason": "INVOICE_PAID", "reason_text": "The invoice of May is paid." } },
    { "name": "over", "as": "${operator}", "call": "enrollment.EnrollmentService/EndEnrollment",
      "request": { "name": "${reseller_enrollment}", "reason": "CONTRACT_BREACH", "reason_text": "Sold outside its market." } }
] }"#;
const RETRY: &str = r#"{ "title": "", "steps": [
    { "name": "what is parked", "as": "${operator}", "call": "event.OutboxService/ListOutboxRows",
      "request": { "state": "STATE_PARKED" }, "expect": { "answer": { "rows": [{ "subject": "${sales_user}" }] } },
      "save": { "outbox_row": "rows[0].name" } },
    { "name": "tried again", "as": "${operator}", "call": "event.OutboxService/RetryOutboxRow",
      "request": { "name": "${outbox_row}" } }
] }"#;
const DROP: &str = r#"{ "title": "", "steps": [
    { "name": "given up", "as": "${operator}", "call": "event.OutboxService/DropOutboxRow",
      "request": { "name": "${outbox_row}", "reason": "a newer name waits" } }
] }"#;
/// A mail that is always refused for now, is parked in the end, tried again, and given up.
const BUSY: &str = r#"{ "title": "", "steps": [
    { "name": "to nobody in", "as": "${greta}", "call": "relationship.InvitationService/CreateInvitation",
      "request": { "invitation": { "kind": "KIND_CUSTOMER", "recipient_email": "busy@kund.example", "language_code": "sv" } },
      "save": { "busy_invitation": "invitation.name" } }
] }"#;
const BUSY_RETRY: &str = r#"{ "title": "", "steps": [
    { "name": "a parked mail", "as": "${operator}", "call": "notification.MessageService/ListMessages",
      "request": { "state": "STATE_PARKED" }, "expect": { "answer": { "messages": [{ "subject": "${busy_invitation}" }] } },
      "save": { "message": "messages[0].name" } },
    { "name": "its sender sees it", "as": "${greta}", "call": "relationship.InvitationService/GetInvitation",
      "request": { "name": "${busy_invitation}" }, "expect": { "answer": { "delivery": { "state": "STATE_PARKED", "reason": "SERVER_BUSY" } } } },
    { "name": "sent again", "as": "${operator}", "call": "notification.MessageService/RetryMessage",
      "request": { "name": "${message}" } }
] }"#;
const BUSY_DROP: &str = r#"{ "title": "", "steps": [
    { "name": "not sent", "as": "${operator}", "call": "notification.MessageService/DropMessage",
      "request": { "name": "${message}", "reason": "nobody is in" } }
] }"#;
const ORGANIZATIONS: &str = include_str!("walk/organizations.yaml");
/// And how a vetting goes when it does not go through at once.
const VETTING: &str = include_str!("walk/vetting.yaml");
const RELATIONSHIPS: &str = include_str!("walk/relationships.yaml");
/// Lacking too: the directory, and claim codes given anew.
const DIRECTORY: &str = include_str!("directory.json");
/// No resource is ever of this version.
const STALE: &str = "987654321";

/// What the walk learns, and what was not right on it.
pub(super) struct Walk {
    pub(super) vars: Vars,
    pub(super) failures: Vec<String>,
    /// The RPCs whose request id came twice.
    pub(super) reused: BTreeSet<String>,
    /// The RPCs that a stale etag was sent to.
    pub(super) stale: BTreeSet<String>,
    samples: Vec<Sample>,
    probing: bool,
}

/// Walks to the end.
pub(super) async fn walk(stage: &mut Stage, samples: &[Sample]) -> Walk {
    let mut walk = stroll(stage, samples, true).await;
    walk.parked(stage).await;
    walk
}

/// Walks as far as the resources that samples name; nothing is tried on the way unless the walk probes.
pub(super) async fn stroll(stage: &mut Stage, samples: &[Sample], probing: bool) -> Walk {
    let mut walk = Walk {
        probing,
        vars: Vars::default(),
        failures: Vec::new(),
        reused: BTreeSet::new(),
        stale: BTreeSet::new(),
        samples: samples.to_vec(),
    };
    let journey = Journey::parse(SHIPPED).expect("the shipped journey");
    let now = stage.now().await;
    walk.vars.set("run", json!("walk"));
    walk.vars.set("digits", json!("123456"));
    walk.vars.set("operator", json!(stage.operator()));
    for (name, text) in &journey.vars {
        let value = walk.vars.fill(&json!(text), now).expect(name);
        walk.vars.set(name, value);
    }
    for step in &journey.steps {
        walk.step(stage, step).await;
    }
    walk.steps(stage, UPDATE_USER).await;
    walk.steps(stage, DIRECTORY).await;
    walk.steps(stage, ORGANIZATIONS).await;
    walk.steps(stage, VETTING).await;
    walk.steps(stage, RELATIONSHIPS).await;
    walk.steps(stage, LATER).await;
    walk
}

impl Walk {
    async fn step(&mut self, stage: &mut Stage, step: &Step) {
        stage.settle().await;
        let now = stage.now().await;
        let body = if let Some(rpc) = &step.call {
            let request = self.vars.fill(step.request.as_ref().unwrap_or(&json!({})), now).expect(&step.name);
            let who = step.caller.as_ref().map(|who| self.vars.text(who, now).expect(who));
            self.call(stage, step, rpc, &who.unwrap_or_else(|| NOBODY.to_owned()), request).await
        } else if let Some(mail) = &step.expect_mail {
            let to = self.vars.text(&mail.to, now).expect(&mail.to);
            newest(stage, &to, mail).await
        } else {
            if let Some(by) = &step.advance {
                stage.advance(span(by).expect("a span")).await;
            }
            Value::Null
        };
        for (name, path) in &step.save {
            let value = at(&body, path).unwrap_or_else(|| panic!("{}: nothing at {path} of {body:#}", step.name));
            self.vars.set(name, value);
        }
    }

    /// What no journey brings about: a message that relationship isn't there to get is parked, tried again, and given up.
    async fn parked(&mut self, stage: &mut Stage) {
        self.steps(stage, BUSY).await;
        stage.park().await;
        self.steps(stage, BUSY_RETRY).await;
        stage.park().await;
        self.steps(stage, BUSY_DROP).await;
        stage.settle().await;
        stage.stop(ServiceName::Relationship).await;
        self.steps(stage, UPDATE_USER_TWICE).await;
        stage.park().await;
        self.steps(stage, RETRY).await;
        stage.park().await;
        self.steps(stage, DROP).await;
        stage.restart(ServiceName::Relationship).await;
    }

    async fn steps(&mut self, stage: &mut Stage, text: &str) {
        for step in &Journey::parse(text).expect("more steps").steps {
            self.step(stage, step).await;
        }
    }

    async fn call(&mut self, stage: &mut Stage, step: &Step, rpc: &str, who: &str, mut request: Value) -> Value {
        let method = stage.client.method(rpc).expect(rpc);
        let expected = step.expect.code.clone().unwrap_or_else(|| "OK".to_owned());
        let repeatable = method.input().get_field_by_name("request_id").is_some();
        if let (true, Some(path)) = (self.probing && expected.starts_with("OK"), etag(&method)) {
            let mut stale = request.clone();
            *place(&mut stale, &path) = json!(STALE);
            self.refused(stage, who, None, rpc, stale, ("ABORTED", "ETAG_MISMATCH")).await;
            self.stale.insert(rpc.to_owned());
        }
        if repeatable {
            request["request_id"] = json!(request_id());
        }
        // Whoever creates an organization is another caller afterwards.
        let before = match method.name() {
            "CreateOrganization" => stage.people.token(&stage.client, who, None).await.expect("a token").ok(),
            _ => None,
        };
        let answer = stage.call(who, rpc, request.clone()).await;
        let wrong = step.expect.answer.as_ref().map(|part| {
            let now = chrono::DateTime::UNIX_EPOCH;
            differences(&self.vars.fill(part, now).expect(&step.name), &answer.body)
        });
        if !expected.split('|').any(|code| code.trim() == code_name(answer.code))
            || wrong.is_some_and(|w| !w.is_empty())
        {
            panic!("the journey does not hold at `{}`: {}", step.name, told(&answer));
        }
        if self.probing && repeatable && answer.code == tonic::Code::Ok && request["validate_only"] != true {
            self.repeat(stage, who, before, rpc, request).await;
        }
        answer.body
    }

    /// The same request id with another payload.
    async fn repeat(&mut self, stage: &mut Stage, who: &str, token: Option<String>, rpc: &str, mut request: Value) {
        let other = self.samples.iter().find(|sample| sample.rpc == rpc && !sample.other.is_empty());
        match other {
            Some(sample) => sample.other.iter().for_each(|(path, value)| *place(&mut request, path) = value.clone()),
            None => request["etag"] = json!("1"),
        }
        self.refused(stage, who, token, rpc, request, ("INVALID_ARGUMENT", "REQUEST_ID_REUSED")).await;
        self.reused.insert(rpc.to_owned());
    }

    async fn refused(
        &mut self,
        stage: &mut Stage,
        who: &str,
        token: Option<String>,
        rpc: &str,
        request: Value,
        expected: (&str, &str),
    ) {
        let quiet = Quiet::from_here(stage).await;
        let answer = match token {
            Some(token) => {
                let method = stage.client.method(rpc).expect(rpc);
                let home = Client::home(&method).expect("a service");
                stage.client.call(home, &method, &request, Some(&token)).await.expect("a request")
            }
            None => stage.call(who, rpc, request.clone()).await,
        };
        if (code_name(answer.code).as_str(), answer.reason.as_str()) != expected {
            self.failures.push(format!("{rpc}: {expected:?} expected: {} for {request}", told(&answer)));
        }
        if let Some(broken) = quiet.broken(stage).await {
            self.failures.push(format!("{rpc}: {expected:?}, but {broken}"));
        }
    }
}

/// Where the request takes the etag of what it changes.
pub(super) fn etag(method: &MethodDescriptor) -> Option<String> {
    if method.input().get_field_by_name("etag").is_some() {
        return Some("etag".to_owned());
    }
    // What is created has none yet; what is updated carries its own.
    let resource = method.name().strip_prefix("Update")?;
    let field = method.input().fields().find(|field| {
        matches!(field.kind(), prost_reflect::Kind::Message(message)
            if message.name() == resource && message.get_field_by_name("etag").is_some())
    })?;
    Some(format!("{}.etag", field.name()))
}

/// The place of this path in a request; made when it isn't there.
pub(super) fn place<'r>(request: &'r mut Value, path: &str) -> &'r mut Value {
    path.split('.')
        .fold(request, |value, name| value.as_object_mut().expect("an object").entry(name).or_insert_with(|| json!({})))
}

/// The newest mail that is meant.
async fn newest(stage: &mut Stage, to: &str, mail: &ExpectMail) -> Value {
    let mails = stage.mails(to, &mail.kind).await;
    let meant = |found: &&Value| mail.language.as_deref().is_none_or(|language| found["language_code"] == language);
    mails.iter().rev().find(meant).unwrap_or_else(|| panic!("no mail {} to {to}", mail.kind)).clone()
}
