//! Calls by name, as somebody or as nobody, with what a caller expects of the answer.

use linkage::demo::play::{code_name, request_id};
use linkage::{Answer, Client, ServiceName};
use serde_json::{Value, json};

use super::Stage;

/// Nobody signed in.
pub(crate) const NOBODY: &str = "";

/// A write that worked.
#[derive(Debug, Clone)]
pub(crate) struct Write {
    pub(crate) rpc: String,
    pub(crate) who: String,
    pub(crate) request: Value,
    /// The answer as it came.
    pub(crate) payload: Vec<u8>,
}

impl Write {
    pub(crate) fn request_id(&self) -> String {
        text(&self.request, "request_id")
    }
}

impl Stage {
    /// Calls an RPC, such as `enrollment.UserService/GetSelf`, as the person of this address. A request id is added where there is a
    /// field for one and none is given.
    pub(crate) async fn call(&mut self, who: &str, rpc: &str, request: Value) -> Answer {
        self.call_for(who, None, rpc, request).await
    }

    /// Like [`Stage::call`], for one of several organizations.
    pub(crate) async fn call_for(
        &mut self,
        who: &str,
        organization: Option<&str>,
        rpc: &str,
        request: Value,
    ) -> Answer {
        let method = self.client.method(rpc).expect(rpc);
        let home = Client::home(&method).unwrap_or(ServiceName::Enrollment);
        self.call_at(home, who, organization, rpc, request).await
    }

    /// Like [`Stage::call_for`], at one of the services that serve the RPC.
    pub(crate) async fn call_at(
        &mut self,
        home: ServiceName,
        who: &str,
        organization: Option<&str>,
        rpc: &str,
        mut request: Value,
    ) -> Answer {
        let method = self.client.method(rpc).expect(rpc);
        if method.input().get_field_by_name("request_id").is_some() && request.get("request_id").is_none() {
            request["request_id"] = json!(request_id());
        }
        let first = self.attempt(home, who, organization, rpc, &request).await;
        // A service that came back is met by a connection that did not notice.
        let lost = first.is_transient() && first.reason.is_empty() && self.runs(home);
        // Rights that changed void the token; a new one tells what they are now.
        let void = first.reason == "CREDENTIAL_INVALID" && who != NOBODY;
        if void {
            self.people.forget(who);
        }
        let answer = if lost || void { self.attempt(home, who, organization, rpc, &request).await } else { first };
        self.note(&request);
        self.note(&answer.body);
        if answer.code == tonic::Code::Ok
            && request["request_id"].is_string()
            && request["validate_only"] != json!(true)
        {
            let (rpc, who, payload) = (rpc.to_owned(), who.to_owned(), answer.payload.clone());
            self.writes.push(Write { rpc, who, request, payload });
        }
        if method.name() == "CreateOrganization" {
            self.people.forget(who);
        }
        answer
    }

    async fn attempt(
        &mut self,
        home: ServiceName,
        who: &str,
        organization: Option<&str>,
        rpc: &str,
        request: &Value,
    ) -> Answer {
        let method = self.client.method(rpc).expect(rpc);
        let token = match who {
            NOBODY => None,
            _ => match self.people.token(&self.client, who, organization).await.expect("an identity token") {
                Ok(token) => Some(token),
                Err(refused) => return refused,
            },
        };
        let answer = self.client.call(home, &method, request, token.as_deref()).await;
        answer.unwrap_or_else(|error| panic!("{rpc}: {request} is no such request: {error}"))
    }

    /// The answer of a call that works.
    #[track_caller]
    pub(crate) fn ok(&mut self, who: &str, rpc: &str, request: Value) -> impl Future<Output = Value> {
        let caller = std::panic::Location::caller();
        async move {
            let answer = self.call(who, rpc, request).await;
            assert!(answer.code == tonic::Code::Ok, "{caller}: {rpc} as `{who}`: {}", told(&answer));
            answer.body
        }
    }

    /// The details of a call that is refused for this reason.
    #[track_caller]
    pub(crate) fn refused(
        &mut self,
        who: &str,
        rpc: &str,
        request: Value,
        code: &str,
        reason: &str,
    ) -> impl Future<Output = Value> {
        let caller = std::panic::Location::caller();
        async move {
            let answer = self.call(who, rpc, request).await;
            let found = (code_name(answer.code), answer.reason.as_str());
            assert!(found == (code.to_owned(), reason), "{caller}: {rpc} as `{who}`: {}", told(&answer));
            answer.body
        }
    }

    /// The user of this address, as it sees itself.
    pub(crate) async fn myself(&mut self, who: &str) -> Value {
        self.ok(who, "enrollment.UserService/GetSelf", json!({})).await
    }
}

/// An answer in one line.
pub(crate) fn told(answer: &Answer) -> String {
    format!("{} {} {} {}", code_name(answer.code), answer.reason, answer.message, answer.body)
}

/// Asserts that an answer holds this part, as the demo's expectations do.
#[track_caller]
pub(crate) fn holds(answer: &Value, part: impl Into<Value>) {
    let wrong = linkage::demo::matching::differences(&part.into(), answer);
    assert!(wrong.is_empty(), "{}\nin {answer:#}", wrong.join("\n"));
}

/// The text at a path of an answer, such as `users[0].name`.
#[track_caller]
pub(crate) fn text(answer: &Value, path: &str) -> String {
    let found = linkage::demo::matching::at(answer, path);
    found.as_ref().and_then(Value::as_str).unwrap_or_else(|| panic!("no text at {path} of {answer:#}")).to_owned()
}

/// The list at a path of an answer.
#[track_caller]
pub(crate) fn list(answer: &Value, path: &str) -> Vec<Value> {
    let found = linkage::demo::matching::at(answer, path);
    found.as_ref().and_then(Value::as_array).unwrap_or_else(|| panic!("no list at {path} of {answer:#}")).clone()
}
