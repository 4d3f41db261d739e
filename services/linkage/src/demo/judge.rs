//! Whether what came of a step is what it expects.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::client::Answer;
use crate::demo::journey::{Expect, ExpectMail};
use crate::demo::matching::{at, differences};
use crate::demo::vars::Vars;

pub(super) fn judge(expect: &Expect, answer: &Answer, vars: &Vars, now: DateTime<Utc>) -> anyhow::Result<Vec<String>> {
    let mut wrong = Vec::new();
    let code = code_name(answer.code);
    let expected = expect.code.as_deref().unwrap_or("OK");
    if !expected.split('|').any(|one| one.trim() == code) {
        let why = if answer.message.is_empty() { String::new() } else { format!(" ({})", answer.message) };
        wrong.push(format!("code: {expected} expected, {code} found{why} {}", answer.body));
    }
    if let Some(reason) = &expect.reason
        && *reason != answer.reason
    {
        wrong.push(format!(
            "reason: {reason} expected, {} found",
            if answer.reason.is_empty() { "none" } else { &answer.reason }
        ));
    }
    if let Some(part) = &expect.answer {
        wrong.extend(differences(&vars.fill(part, now)?, &answer.body));
    }
    for (path, count) in &expect.count {
        let found = at(&answer.body, path).and_then(|list| list.as_array().map(Vec::len));
        if found != Some(*count) {
            wrong.push(format!("{path}: {count} elements expected, {found:?} found"));
        }
    }
    Ok(wrong)
}

/// The first kind that does not follow the ones before it.
pub(super) fn first_missing<'k>(kinds: &'k [String], entries: &[Value]) -> Option<&'k String> {
    let mut entries = entries.iter();
    kinds.iter().find(|kind| !entries.any(|entry| entry.get("kind").and_then(Value::as_str) == Some(kind)))
}

pub(super) fn wanted(message: &Value, mail: &ExpectMail, contains: &[String]) -> bool {
    let language = message.get("language_code").and_then(Value::as_str);
    let text = message.to_string();
    mail.language.as_ref().is_none_or(|wanted| language == Some(wanted))
        && contains.iter().all(|part| text.contains(part.as_str()))
}

pub(super) fn needs_organization(answer: &Answer) -> bool {
    answer.reason == "ROLE_REQUIRED" && answer.message.contains("sign in for an organization")
}

/// A status code as gRPC spells it.
pub fn code_name(code: tonic::Code) -> String {
    let mut name = String::new();
    for letter in format!("{code:?}").chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}
