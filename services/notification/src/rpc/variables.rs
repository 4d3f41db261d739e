//! What a letter is made of, as requests give it.

use std::collections::{BTreeMap, BTreeSet};

use runtime::Violations;
use runtime::unseen::has_unseen;
use wire::notification as pb;
use wire::types::{Variable, variable};

use crate::domain::variables::Flaw;
use crate::domain::{Kind, Variables};

/// As many variables are taken.
const MOST: usize = 40;

pub(super) fn kind(v: &mut Violations, name: &str) -> Option<Kind> {
    if name.is_empty() {
        v.add("kind", "is required");
        return None;
    }
    let kind = Kind::parse(name);
    if kind.is_none() {
        v.add_for(pb::Reason::KindUnknown, "kind", "is not a kind of message");
    }
    kind
}

/// The language that somebody reads; none is nobody's mistake.
pub(super) fn language(v: &mut Violations, field: &str, code: &str) -> Option<String> {
    if code.is_empty() {
        return Some(String::new());
    }
    v.language(field, code).map(|language| language.as_str().to_owned())
}

/// Text that may stand in a header: judged before it is trimmed, for a line break at the end is one too.
pub(super) fn line(v: &mut Violations, field: &str, text: &str, most: usize) -> Option<String> {
    if has_unseen(text) {
        v.add(field, "must not contain control or invisible characters");
        return None;
    }
    v.optional_text(field, text, most).map(Option::unwrap_or_default)
}

/// The variables of a letter, in the place of those made up, and all that is wrong with them.
pub(super) fn variables(
    v: &mut Violations,
    kind: Option<Kind>,
    made_up: BTreeMap<String, String>,
    given: &[Variable],
) -> Option<BTreeMap<String, String>> {
    if given.len() > MOST {
        v.add("variables", format!("must be at most {MOST}"));
        return None;
    }
    let mut texts = BTreeMap::new();
    let mut wrong = BTreeSet::new();
    for (index, variable) in given.iter().enumerate() {
        match take(v, index, variable) {
            Some(text) if !texts.contains_key(&variable.name) => drop(texts.insert(variable.name.clone(), text)),
            Some(_) => v.add(format!("variables[{index}].name"), "was sent twice"),
            None => drop(wrong.insert(variable.name.as_str())),
        }
    }
    let texts = made_up.into_iter().chain(texts).collect();
    let flaws = kind.and_then(|kind| Variables::read(kind, &texts).err()).into_iter().flatten();
    // What was sent but could not be taken is not missing.
    for (name, flaw) in flaws.filter(|(name, _)| !wrong.contains(name)) {
        let field = format!("variables.{name}");
        match flaw {
            Flaw::Missing => v.add_for(pb::Reason::VariableMissing, field, flaw.to_string()),
            Flaw::Wrong(_) => v.add(field, flaw.to_string()),
        }
    }
    Some(texts)
}

fn take(v: &mut Violations, index: usize, variable: &Variable) -> Option<String> {
    let field = format!("variables[{index}]");
    let name = variable.name.as_str();
    if name.is_empty() || name.len() > 40 || !name.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
        v.add(format!("{field}.name"), "must have 1 to 40 lower-case letters and underscores");
        return None;
    }
    match &variable.value {
        Some(variable::Value::Text(text)) => line(v, &format!("{field}.text"), text, 1_000),
        Some(variable::Value::Seed(_)) => {
            v.add(format!("{field}.seed"), "never leaves its sender: send the link itself");
            None
        }
        None => {
            v.add(format!("{field}.value"), "is required");
            None
        }
    }
}
