//! The table of right requests, one for each way that an RPC is asked.

use std::collections::BTreeMap;

use linkage::demo::vars::Vars;
use linkage::{Client, ServiceName};
use prost_reflect::{DescriptorPool, DynamicMessage, MethodDescriptor};
use serde::Deserialize;
use serde_json::Value;

const TABLE: &str = include_str!("samples.yaml");

/// A request that is right in every field.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sample {
    /// Which RPC, without `linkage.` and version.
    pub(super) rpc: String,
    /// Who calls.
    #[serde(rename = "as")]
    pub(super) caller: String,
    /// The services that serve it, where the package doesn't tell.
    #[serde(default)]
    at: Vec<String>,
    /// The request.
    #[serde(default = "nothing")]
    pub(super) request: Value,
    /// Fields that may be absent.
    #[serde(default)]
    optional: Vec<String>,
    /// Of the fields that may be absent everywhere, those that must not here.
    #[serde(default)]
    required: Vec<String>,
    /// Output only: whatever is sent there is not read.
    #[serde(default)]
    pub(super) ignored: Vec<String>,
    /// Compared with what is known, not parsed.
    #[serde(default)]
    secret: Vec<String>,
    /// What else may be named when a field is wrong.
    #[serde(default)]
    pub(super) follows: BTreeMap<String, String>,
    /// Looks like a resource name, but may be any text.
    #[serde(default)]
    pub(super) text: Vec<String>,
    /// What makes a repetition another request.
    #[serde(default)]
    pub(super) other: BTreeMap<String, Value>,
    /// May be read by whoever is signed in.
    #[serde(default)]
    pub(super) open: bool,
}

/// May be absent in every request that has them.
const OPTIONAL: [&str; 6] = ["request_id", "etag", "page_size", "page_token", "update_mask", "validate_only"];

fn nothing() -> Value {
    Value::Object(serde_json::Map::new())
}

/// The whole table; names such as `${reseller}` are still in it.
pub(super) fn table() -> Vec<Sample> {
    serde_saphyr::from_str(TABLE).expect("the table of samples")
}

/// Every RPC there is.
pub(super) fn methods(pool: &DescriptorPool) -> Vec<MethodDescriptor> {
    pool.services().flat_map(|service| service.methods().collect::<Vec<_>>()).collect()
}

impl Sample {
    /// The sample with every name replaced.
    pub(super) fn filled(mut self, vars: &Vars, now: chrono::DateTime<chrono::Utc>) -> Sample {
        self.request = vars.fill(&self.request, now).expect("names that the scene knows");
        self.caller = vars.text(&self.caller, now).expect("a caller that the scene knows");
        self
    }

    /// Its RPC.
    pub(super) fn method(&self, client: &Client) -> MethodDescriptor {
        client.method(&self.rpc).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The services that serve it.
    pub(super) fn homes(&self, method: &MethodDescriptor) -> Vec<ServiceName> {
        let parse = |name: &String| ServiceName::parse(name).unwrap_or_else(|| panic!("{name} is no service"));
        match self.at.as_slice() {
            [] => vec![Client::home(method).unwrap_or_else(|| panic!("{}: say `at` which services", self.rpc))],
            names => names.iter().map(parse).collect(),
        }
    }

    /// The request as a message.
    pub(super) fn message(&self, method: &MethodDescriptor) -> DynamicMessage {
        DynamicMessage::deserialize(method.input(), &self.request)
            .unwrap_or_else(|error| panic!("{}: {} is no such request: {error}", self.rpc, self.request))
    }

    /// Whether anybody may call it.
    pub(super) fn is_anonymous(&self) -> bool {
        self.caller == "nobody"
    }

    /// The sibling that calls it.
    pub(super) fn peer(&self) -> Option<ServiceName> {
        self.caller.strip_prefix("peer ").map(|name| ServiceName::parse(name).expect("a service"))
    }

    /// Whether the field may be absent.
    pub(super) fn may_lack(&self, path: &str) -> bool {
        let anywhere = path.rsplit('.').next().is_some_and(|name| OPTIONAL.contains(&name));
        let has = |list: &[String]| list.iter().any(|one| one == path);
        !has(&self.required) && (anywhere || has(&self.optional))
    }

    /// Whether nothing is read from the field.
    pub(super) fn ignores(&self, path: &str) -> bool {
        self.ignored.iter().any(|ignored| path == ignored || path.starts_with(&format!("{ignored}.")))
    }

    /// Whether the field is compared, not parsed.
    pub(super) fn is_secret(&self, path: &str) -> bool {
        self.secret.iter().any(|secret| secret == path)
    }
}
