//! Values for letters that nobody gets: previews, and the check at the start.

use std::collections::BTreeMap;

use crate::domain::Kind;
use crate::domain::kind::Form;

/// A value for each variable of the kind.
pub(crate) fn sample(kind: Kind) -> BTreeMap<String, String> {
    kind.variables().iter().map(|(name, form)| ((*name).to_owned(), value(name, *form).to_owned())).collect()
}

/// The same with everything left empty that may be.
pub(super) fn sparse(kind: Kind) -> BTreeMap<String, String> {
    let optional = |form| matches!(form, Form::Optional | Form::OptionalDate | Form::Steps);
    let empty = kind
        .variables()
        .iter()
        .filter(|(_, form)| optional(*form))
        .map(|(name, _)| ((*name).to_owned(), String::new()));
    sample(kind).into_iter().chain(empty).collect()
}

fn value(name: &str, form: Form) -> &'static str {
    match (name, form) {
        ("recipient_name", _) => "Ada Lovelace",
        ("applicant", _) => "Astrid Alm",
        ("cause", _) => "NOT_SHOWN",
        ("company" | "reseller" | "grantee", _) => "Fjällmoln AB",
        ("provider" | "sender", _) => "Nordic Cloud Distribution AB",
        ("recipient" | "grantor" | "ended_by", _) => "Kund & Söner AB",
        ("message", _) => "We would like to work with you.",
        ("recipient_hint", _) => "a***@example.com",
        ("reply_address", _) => "ada@example.com",
        ("version", _) => "3",
        (_, Form::Link) => "https://portal.linkage.example/sample#1.sample",
        (_, Form::Code) => "k3f9d2aa",
        (_, Form::Date | Form::OptionalDate) => "2030-01-31T14:05:00Z",
        (_, Form::State) => "QUALIFIED",
        (_, Form::Steps) => "LOCATION,AGREEMENT",
        (_, Form::Invitation) => "PARTNERSHIP",
        (_, Form::YesNo) => "no",
        (_, Form::Text | Form::Optional) => "Sample",
    }
}
