//! A journey file: steps that call, expect, and move the clock. Its JSON Schema stands beside the journeys.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A story told to the services step by step.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Journey {
    /// What the story is about.
    pub title: String,
    /// Names for texts used in several steps, written `${name}`. They may use `${run}` and `${digits}` (different in each run),
    /// `${operator}`, and `${now}`, `${now+7d}`, `${now+12h}`, which are business times.
    #[serde(default)]
    pub vars: BTreeMap<String, String>,
    /// The steps in their order.
    pub steps: Vec<Step>,
}

/// One step: exactly one of `call`, `expect_mail`, `expect_trail` and `advance`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Step {
    /// What happens, in words.
    pub name: String,
    /// A heading above this step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chapter: Option<String>,
    /// E-mail address of who calls; nobody signed in when absent.
    #[serde(rename = "as", skip_serializing_if = "Option::is_none")]
    pub caller: Option<String>,
    /// The organization to act for, for who belongs to several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// The RPC, such as `enrollment.UserService/GetSelf`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// The request in protobuf's JSON form. A request id is added where there is a field for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<Value>,
    /// What must come of the call.
    pub expect: Expect,
    /// Try until the expectation holds, for what travels between services.
    pub eventually: bool,
    /// A mail that must have arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expect_mail: Option<ExpectMail>,
    /// Kinds of events that the merged trail of the four services must hold, in this order, as `as` may read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expect_trail: Option<Vec<String>>,
    /// Values to keep: name -> path into the answer, such as `enrollment.name` or `users[0].uid`. `#` after a path keeps what
    /// follows the last `#`, `^` the parent of a resource name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub save: BTreeMap<String, String>,
    /// Moves the clock of all services ahead, such as `30d` or `12h`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advance: Option<String>,
}

/// What must come of a call.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Expect {
    /// Status code, such as `OK` or `FAILED_PRECONDITION`; one of several when they are parted by ` | `. `OK` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Reason of the refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// A part of the answer (or of `violations`, `preconditions`, `metadata` of a refusal). Objects may have more fields; of a list each
    /// given element must match a different one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Value>,
    /// Lists that must have exactly so many elements, by path.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub count: BTreeMap<String, usize>,
}

/// A mail that must have arrived.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectMail {
    /// To whom.
    pub to: String,
    /// Kind of message.
    pub kind: String,
    /// Language it is written in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Texts that it holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contains: Vec<String>,
}

impl Journey {
    /// Reads a journey, YAML or JSON, and says what is wrong with it by line.
    pub fn parse(text: &str) -> anyhow::Result<Journey> {
        let journey: Journey = serde_saphyr::from_str(text).map_err(|error| anyhow::anyhow!("{error}"))?;
        for (number, step) in journey.steps.iter().enumerate() {
            let kinds =
                [step.call.is_some(), step.expect_mail.is_some(), step.expect_trail.is_some(), step.advance.is_some()];
            if kinds.into_iter().filter(|is| *is).count() != 1 {
                anyhow::bail!(
                    "step {} ({}): give exactly one of call, expect_mail, expect_trail and advance",
                    number + 1,
                    step.name
                );
            }
        }
        Ok(journey)
    }

    /// The JSON Schema of journey files.
    pub fn schema() -> Value {
        schemars::schema_for!(Journey).to_value()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::SHIPPED;

    #[test]
    fn the_journey_that_ships_is_one() {
        assert!(Journey::parse(SHIPPED).unwrap().steps.len() > 100);
    }

    #[test]
    fn a_step_that_does_two_things_is_refused() {
        let error = Journey::parse("title: t\nsteps: [{ name: both, call: a.B/C, advance: 1d }]").unwrap_err();
        assert!(error.to_string().contains("step 1 (both)"), "{error}");
        assert!(Journey::parse("title: t\nsteps: [{ name: none }]").is_err());
        assert!(Journey::parse("title: t\nsteps: [{ nmae: typo, advance: 1d }]").is_err());
    }

    /// Written anew by `cargo run -- demo --schema > services/linkage/journeys/journey.schema.json`.
    #[test]
    fn the_schema_beside_the_journeys_is_the_codes() {
        let written: Value = serde_json::from_str(include_str!("../../journeys/journey.schema.json")).unwrap();
        assert_eq!(written, Journey::schema());
    }
}
