//! One journey's callers: they keep their tokens, and the write before for those who send it again.

use std::sync::Arc;

use linkage::demo::play::request_id;
use linkage::people::People;
use linkage::{Answer, Client};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tonic::Code;

use crate::harness::call::told;

/// Nobody signed in.
pub(super) const NOBODY: &str = "";
const OPERATORS: &str = "@linkage.example";
/// How often a call is sent whose answer does not come: on a busy machine one may take longer than its deadline.
const ATTEMPTS: usize = 4;

/// A write that was taken.
pub(super) struct Write {
    rpc: String,
    who: String,
    request: Value,
    payload: Vec<u8>,
}

pub(super) struct Caller {
    client: Client,
    people: People,
    /// The operator's people, who work for all journeys.
    staff: Arc<Mutex<People>>,
    last: Option<Write>,
}

impl Caller {
    pub(super) fn new(client: Client, people: People, staff: Arc<Mutex<People>>) -> Caller {
        Caller { client, people, staff, last: None }
    }

    /// The next call of this person signs in anew.
    pub(super) fn forget(&mut self, who: &str) {
        self.people.forget(who);
    }

    /// A write, kept for [`Caller::again`] when it was taken.
    pub(super) async fn write(&mut self, who: &str, rpc: &str, mut request: Value) -> Result<Value, String> {
        request["request_id"] = json!(request_id());
        let answer = self.call(who, rpc, &request).await;
        if answer.code == Code::Ok && request["validate_only"] != json!(true) {
            let (rpc, who, payload) = (rpc.to_owned(), who.to_owned(), answer.payload.clone());
            self.last = Some(Write { rpc, who, request, payload });
        }
        body(answer)
    }

    /// What a read must give.
    pub(super) async fn read(&mut self, who: &str, rpc: &str, request: Value) -> Value {
        let answer = self.call(who, rpc, &request).await;
        assert!(answer.code == Code::Ok, "{rpc} as `{who}` with {request}: {}", told(&answer));
        answer.body
    }

    /// A read that may be refused.
    pub(super) async fn try_read(&mut self, who: &str, rpc: &str, request: Value) -> Result<Value, String> {
        body(self.call(who, rpc, &request).await)
    }

    /// The last write once more: the same gives its first answer, byte for byte; another under its id is refused.
    pub(super) async fn again(&mut self, same: bool) -> Result<Value, String> {
        let last = self.last.take().expect("something was written");
        let mut request = last.request.clone();
        if !same {
            alter(&last.rpc, &mut request);
        }
        let answer = self.call(&last.who, &last.rpc, &request).await;
        let another = answer.code == Code::Ok && answer.payload != last.payload;
        let rpc = last.rpc.clone();
        self.last = Some(last);
        if another { Err(format!("another answer than the first of {rpc}: {}", answer.body)) } else { body(answer) }
    }

    async fn call(&mut self, who: &str, rpc: &str, request: &Value) -> Answer {
        let answer = self.attempt(who, rpc, request).await;
        if answer.reason != "CREDENTIAL_INVALID" || who == NOBODY {
            return answer;
        }
        // Rights that changed void the token; a new one tells what they are now.
        self.people.forget(who);
        self.attempt(who, rpc, request).await
    }

    async fn attempt(&mut self, who: &str, rpc: &str, request: &Value) -> Answer {
        let method = self.client.method(rpc).expect(rpc);
        let token = if who == NOBODY {
            None
        } else {
            let token = if who.ends_with(OPERATORS) {
                self.staff.lock().await.token(&self.client, who, None).await
            } else {
                self.people.token(&self.client, who, None).await
            };
            match token.expect("an identity token") {
                Ok(token) => Some(token),
                Err(refused) => return refused,
            }
        };
        let home = Client::home(&method).expect("one service's own RPC");
        let mut attempts = 1;
        loop {
            let answer = self.client.call(home, &method, request, token.as_deref()).await;
            let answer = answer.unwrap_or_else(|error| panic!("{rpc}: {request} is no such request: {error}"));
            if !answer.is_transient() || attempts == ATTEMPTS {
                return answer;
            }
            attempts += 1;
        }
    }
}

/// The answer, or the reason of the refusal.
fn body(answer: Answer) -> Result<Value, String> {
    match (answer.code, answer.reason.as_str()) {
        (Code::Ok, _) => Ok(answer.body),
        (_, "") => Err(told(&answer)),
        (_, reason) => Err(reason.to_owned()),
    }
}

/// Makes another request of it, well-formed as before.
fn alter(rpc: &str, request: &mut Value) {
    let (field, value) = match rpc.rsplit('/').next().unwrap_or_default() {
        "CreateOrganization" => ("/organization/display_name", json!("Another Name")),
        "UpdateLegalProfile" => ("/legal_profile/legal_name", json!("Another Name AB")),
        "UpdateSupportProfile" => ("/support_profile/phone", json!("+46812345000")),
        "CreateEnrollment" => ("/enrollment/type", json!("ENROLLMENT_TYPE_DIRECT_BILL")),
        "CreatePreapproval" => ("/preapproval/domain", json!("another.example")),
        "CreatePartnerLocation" => ("/partner_location/display_name", json!("Another office")),
        "AssociatePartnerLocation" => ("/claim_code", json!("ANOTHER")),
        "CreateSignature" => ("/signature/sha256", json!("0".repeat(64))),
        "ConfirmEmailVerification" if request["claim_answer"] == json!("ANSWER_YES") => {
            ("/claim_answer", json!("ANSWER_NO"))
        }
        "ConfirmEmailVerification" => ("/claim_answer", json!("ANSWER_YES")),
        "CreateUser" => ("/user/display_name", json!("Another Name")),
        "CreateInvitation" => ("/invitation/message", json!("Other words.")),
        "AcceptInvitation" => ("/revision", json!("0".repeat(64))),
        // The verbs, which all take the version they are about.
        _ => ("/etag", json!("12345")),
    };
    let (parent, name) = field.rsplit_once('/').expect("a path");
    request.pointer_mut(parent).expect("a message")[name] = value;
}
