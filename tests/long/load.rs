//! Commands whose effects can be counted: a user changes again and again, and each change is told to three siblings.

use std::time::Duration;

use linkage::demo::play::request_id;
use serde_json::{Value, json};

use crate::caller::{Caller, Refused, Write};

/// How long a command that got no answer is repeated.
const INSISTS: Duration = Duration::from_secs(60);

/// Somebody who changes, and with them what siblings know of their rights.
#[derive(Debug, Clone)]
pub(crate) struct Rights {
    pub(crate) admin: String,
    /// `organizations/{o}/users/{u}`.
    pub(crate) user: String,
    turn: usize,
}

impl Rights {
    /// An organization of this name with a user.
    pub(crate) fn found(caller: &mut Caller, name: &str) -> Rights {
        let admin = format!("ada@{name}.example");
        let organization = json!({ "display_name": name, "region_code": "SE", "language_code": "en" });
        let create = json!({ "organization": organization });
        let organization = sure(caller, &command(&admin, "enrollment.OrganizationService/CreateOrganization", create));
        let user = json!({ "email": format!("sam@{name}.example"), "roles": ["ROLE_SALES_AGENT"] });
        let create = json!({ "parent": organization["name"], "user": user });
        let user = sure(caller, &command(&admin, "enrollment.UserService/CreateUser", create));
        Rights { admin, user: user["name"].as_str().expect("a name").to_owned(), turn: 0 }
    }

    /// Whose user it is.
    pub(crate) fn organization(&self) -> &str {
        self.user.split("/users/").next().unwrap_or_default()
    }

    /// The next change, under a request id of its own.
    pub(crate) fn change(&mut self) -> Write {
        self.turn += 1;
        // A name of its own, so that none of them changes nothing, in whatever order they are repeated.
        let user = json!({ "name": self.user, "display_name": format!("Sam {}", self.turn) });
        command(&self.admin, "enrollment.UserService/UpdateUser", json!({ "user": user, "update_mask": "displayName" }))
    }
}

/// A command under a request id of its own, not sent yet.
fn command(who: &str, rpc: &str, mut request: Value) -> Write {
    request["request_id"] = json!(request_id());
    Write { who: who.to_owned(), rpc: rpc.to_owned(), request, payload: Vec::new() }
}

/// Sends a command until it is answered; it must be acknowledged.
pub(crate) fn sure(caller: &mut Caller, write: &Write) -> Value {
    caller.insists = INSISTS;
    let answer = caller.again(write);
    caller.insists = Duration::ZERO;
    answer.unwrap_or_else(|refused| panic!("{} {} {}", write.rpc, refused.answer.reason, refused.answer.message))
}

/// Sends a command once: its answer, or none when nobody knows what became of it. Every other refusal is a failure.
pub(crate) fn once(caller: &mut Caller, write: &Write) -> Option<Value> {
    match caller.again(write) {
        Ok(answer) => Some(answer),
        Err(refused) => {
            let Refused { answer, .. } = *refused;
            let told = format!("{:?} {} {}", answer.code, answer.reason, answer.message);
            assert!(answer.is_transient(), "{} {}: {told}", write.rpc, write.id());
            None
        }
    }
}
