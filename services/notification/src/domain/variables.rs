//! The variables of a message, each read by the form that its kind asks for.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::Kind;
use super::kind::Form;

const STATES: [&str; 8] = ["DRAFT", "VERIFYING", "QUALIFIED", "ACTIVE", "SUSPENDED", "REJECTED", "WITHDRAWN", "ENDED"];
const STEPS: [&str; 11] = [
    "LEGAL_PROFILE",
    "SUPPORT_PROFILE",
    "EMAIL",
    "DOMAIN",
    "EMPLOYMENT",
    "AUTHORITY",
    "BUSINESS",
    "LOCATION",
    "AGREEMENT",
    "ADMIN_AGENT",
    "SUBMISSION",
];
const INVITATIONS: [&str; 2] = ["PARTNERSHIP", "CUSTOMER"];
const ANSWERS: [&str; 2] = ["yes", "no"];

/// A variable's value, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// Shown as it stands: text, link or code.
    Text(String),
    /// Shown in the language's way of writing times.
    Date(DateTime<Utc>),
    /// One of a fixed set, which the language has a word for.
    Word(&'static str),
    /// Some of a fixed set.
    Steps(Vec<&'static str>),
}

/// The variables that a kind needs, all there and understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variables(BTreeMap<&'static str, Value>);

/// What is wrong with one variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Flaw {
    #[error("is needed by this kind of message")]
    Missing,
    #[error("{0}")]
    Wrong(&'static str),
}

impl Variables {
    /// Reads what `kind` needs, or says of every variable what is wrong with it. What no template uses is left aside: a newer
    /// sender may tell more.
    pub(crate) fn read(kind: Kind, given: &BTreeMap<String, String>) -> Result<Variables, Vec<(&'static str, Flaw)>> {
        let mut values = BTreeMap::new();
        let mut flaws = Vec::new();
        for (name, form) in kind.variables() {
            match given.get(*name).ok_or(Flaw::Missing).and_then(|text| value(*form, text)) {
                Ok(value) => drop(values.insert(*name, value)),
                Err(flaw) => flaws.push((*name, flaw)),
            }
        }
        if flaws.is_empty() { Ok(Variables(values)) } else { Err(flaws) }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.0.iter().map(|(name, value)| (*name, value))
    }
}

fn value(form: Form, text: &str) -> Result<Value, Flaw> {
    let text = text.trim();
    let optional = matches!(form, Form::Optional | Form::OptionalDate | Form::Steps);
    if text.is_empty() && !optional {
        return Err(Flaw::Missing);
    }
    match form {
        Form::Text | Form::Optional => Ok(Value::Text(text.to_owned())),
        Form::OptionalDate if text.is_empty() => Ok(Value::Text(String::new())),
        Form::Link => link(text).ok_or(Flaw::Wrong("must be an http or https address")),
        Form::Code => code(text).ok_or(Flaw::Wrong("must be 4 to 16 letters and digits")),
        Form::Date | Form::OptionalDate => date(text).ok_or(Flaw::Wrong("must be a time as RFC 3339 writes it")),
        Form::State => word(&STATES, text).ok_or(Flaw::Wrong("must be a state of an enrollment, in upper case")),
        Form::Steps => steps(text).ok_or(Flaw::Wrong("must be codes of requirements, joined by commas")),
        Form::Invitation => word(&INVITATIONS, text).ok_or(Flaw::Wrong("must be PARTNERSHIP or CUSTOMER")),
        Form::YesNo => word(&ANSWERS, text).ok_or(Flaw::Wrong("must be yes or no")),
    }
}

/// Only what a browser opens: a `javascript:` address would be run by some mail programs.
fn link(text: &str) -> Option<Value> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let odd = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>');
    (!host.is_empty() && !host.starts_with('/') && !host.contains(odd)).then(|| Value::Text(text.to_owned()))
}

fn code(text: &str) -> Option<Value> {
    let fits = (4..=16).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric());
    fits.then(|| Value::Text(text.to_owned()))
}

fn date(text: &str) -> Option<Value> {
    DateTime::parse_from_rfc3339(text).ok().map(|time| Value::Date(time.to_utc()))
}

fn word(words: &[&'static str], text: &str) -> Option<Value> {
    words.iter().find(|word| **word == text).map(|word| Value::Word(word))
}

fn steps(text: &str) -> Option<Value> {
    let codes = text.split(',').map(str::trim).filter(|code| !code.is_empty());
    codes.map(|code| STEPS.iter().find(|step| **step == code).copied()).collect::<Option<_>>().map(Value::Steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn every_missing_variable_is_named_at_once() {
        let flaws = Variables::read(Kind::EmailVerification, &given(&[("company", " "), ("expire_date", "soon")]));
        assert_eq!(
            flaws.unwrap_err(),
            [
                ("recipient_name", Flaw::Missing),
                ("company", Flaw::Missing),
                ("confirm_link", Flaw::Missing),
                ("confirm_code", Flaw::Missing),
                ("expire_date", Flaw::Wrong("must be a time as RFC 3339 writes it")),
            ]
        );
    }

    #[test]
    fn only_what_a_kind_needs_is_taken() {
        let read = Variables::read(
            Kind::AdministrationEnded,
            &given(&[("grantor", "A"), ("grantee", "B"), ("newer", "than the template")]),
        );
        let read = read.unwrap();
        assert_eq!(read.get("grantor"), Some(&Value::Text("A".to_owned())));
        assert_eq!(read.get("newer"), None);
        assert_eq!(read.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["grantee", "grantor"]);
    }

    #[test]
    fn each_form_takes_only_its_own() {
        for (form, good, bad) in [
            (Form::Link, "https://x.se/a#1.b.1.c", "javascript:alert(1)"),
            (Form::Link, "http://localhost:8080/a", "https://x.se/\"onclick"),
            (Form::Code, "k3f9d2aa", "k3f9 d2aa"),
            (Form::Date, "2026-11-29T14:05:00Z", "2026-11-29"),
            (Form::OptionalDate, "2026-11-29T14:05:00Z", "2026-11-29"),
            (Form::State, "ACTIVE", "active"),
            (Form::Steps, "LOCATION, AGREEMENT", "LOCATION,SOMETHING"),
            (Form::Steps, "", "?"),
            (Form::Invitation, "CUSTOMER", "OTHER"),
            (Form::YesNo, "no", "false"),
        ] {
            assert!(value(form, good).is_ok(), "{form:?} {good}");
            assert!(matches!(value(form, bad), Err(Flaw::Wrong(_))), "{form:?} {bad}");
        }
        assert_eq!(value(Form::Optional, ""), Ok(Value::Text(String::new())));
        assert_eq!(value(Form::OptionalDate, ""), Ok(Value::Text(String::new())));
        assert_eq!(value(Form::Text, ""), Err(Flaw::Missing));
    }
}
