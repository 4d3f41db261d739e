//! Whether a refusal is one: typed, with a reason that its package declares, and naming the field.

use linkage::Answer;
use prost_reflect::DescriptorPool;
use tonic::Code;
use tonic_types::StatusExt;

use super::fields::Case;
use crate::harness::call::told;

/// What is not right about the answer to a wrong field; none when all is.
pub(super) fn of_case(pool: &DescriptorPool, case: &Case, answer: &Answer) -> Option<String> {
    if let Some(untyped) = untyped(pool, answer) {
        return Some(untyped);
    }
    if case.secret && matches!(answer.code, Code::NotFound | Code::Unauthenticated | Code::PermissionDenied) {
        return None;
    }
    if answer.code != Code::InvalidArgument {
        return Some(format!("INVALID_ARGUMENT expected: {}", told(answer)));
    }
    let violations = answer.body["violations"].as_array().cloned().unwrap_or_default();
    if violations.is_empty() {
        return Some(format!("no violation is named: {}", told(answer)));
    }
    let field = |violation: &serde_json::Value| violation["field"].as_str().unwrap_or_default().to_owned();
    if matches!(case.wrong, "no UTF-8" | "cut off" | "too large") {
        // The message can't be read, so the sentence is all there is.
        let undecodable = violations.iter().all(|violation| field(violation).is_empty());
        return (!undecodable).then(|| format!("not refused as undecodable: {}", told(answer)));
    }
    let others: Vec<_> = violations.iter().map(field).filter(|named| !is_about(named, case)).collect();
    (!others.is_empty()).then(|| format!("other fields are named: {others:?} {}", told(answer)))
}

/// What is missing of a refusal: a code of the API's, a reason of its enum.
pub(super) fn untyped(pool: &DescriptorPool, answer: &Answer) -> Option<String> {
    if matches!(answer.code, Code::Ok | Code::Internal | Code::Unknown | Code::DataLoss) {
        return Some(format!("no refusal: {}", told(answer)));
    }
    let details = answer.status.as_ref().map(StatusExt::get_error_details).unwrap_or_default();
    let Some(info) = details.error_info() else {
        return Some(format!("no ErrorInfo: {}", told(answer)));
    };
    let declared = pool
        .get_enum_by_name(&format!("{}.Reason", info.domain))
        .is_some_and(|reasons| reasons.values().any(|value| value.name() == format!("REASON_{}", info.reason)));
    (!declared).then(|| format!("{} declares no reason {}: {}", info.domain, info.reason, told(answer)))
}

/// The field itself, what it is in, or what is in it.
fn is_about(named: &str, case: &Case) -> bool {
    let named = without_indexes(named);
    let mut paths = vec![case.path.clone()];
    paths.extend(case.follows.clone());
    if let Some(oneof) = &case.oneof {
        paths.push(case.path.rsplit_once('.').map_or(oneof.clone(), |(before, _)| format!("{before}.{oneof}")));
    }
    let within = |inner: &str, outer: &str| inner == outer || inner.starts_with(&format!("{outer}."));
    !named.is_empty() && paths.iter().any(|path| within(path, &named) || within(&named, path))
}

fn without_indexes(field: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for letter in field.chars() {
        match letter {
            '[' => inside = true,
            ']' => inside = false,
            other if !inside => out.push(other),
            _ => {}
        }
    }
    out
}
