//! Whether an answer holds what a step expects.

use serde_json::Value;

/// What differs, as `path: why`; empty when all that is expected is there.
pub fn differences(expected: &Value, found: &Value) -> Vec<String> {
    let mut out = Vec::new();
    compare("", expected, found, &mut out);
    out
}

fn compare(path: &str, expected: &Value, found: &Value, out: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (key, value) in expected {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                match found.get(key) {
                    Some(found) => compare(&path, value, found, out),
                    None => out.push(format!("{path}: is not there")),
                }
            }
        }
        (Value::Array(expected), Value::Array(found)) => {
            let mut left: Vec<&Value> = found.iter().collect();
            for (index, value) in expected.iter().enumerate() {
                match left.iter().position(|candidate| differences(value, candidate).is_empty()) {
                    Some(position) => {
                        left.remove(position);
                    }
                    None => {
                        out.push(format!("{path}[{index}]: nothing like {value} in {}", Value::from(found.clone())));
                    }
                }
            }
        }
        // int64 is text in protobuf's JSON, and people write numbers.
        (Value::Number(expected), Value::String(found)) if expected.to_string() == *found => {}
        _ if expected == found => {}
        _ => out.push(format!("{path}: {expected} expected, {found} found")),
    }
}

/// The value at `a.b[0].c`; with a trailing `#`, what follows the last `#` of that text; with a trailing `^`, the parent of that resource name.
pub fn at(value: &Value, path: &str) -> Option<Value> {
    if let Some(path) = path.strip_suffix('#') {
        let text = at(value, path)?;
        return text.as_str()?.rsplit('#').next().map(|part| Value::String(part.to_owned()));
    }
    if let Some(path) = path.strip_suffix('^') {
        let text = at(value, path)?;
        let parts: Vec<&str> = text.as_str()?.split('/').collect();
        return parts.get(..parts.len().checked_sub(2)?).map(|parent| Value::String(parent.join("/")));
    }
    let mut here = value;
    for part in path.split('.') {
        let (name, indexes) = part.split_once('[').unwrap_or((part, ""));
        if !name.is_empty() {
            here = here.get(name)?;
        }
        for index in indexes.split('[').filter(|index| !index.is_empty()) {
            here = here.get(index.trim_end_matches(']').parse::<usize>().ok()?)?;
        }
    }
    Some(here.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_subset_matches_and_a_difference_is_named() {
        let found = json!({ "a": { "b": [1, { "c": "x", "d": 2 }] }, "version": "7" });
        assert!(differences(&json!({ "a": { "b": [{ "c": "x" }] }, "version": 7 }), &found).is_empty());
        assert_eq!(differences(&json!({ "a": { "e": 1 } }), &found), ["a.e: is not there"]);
        assert_eq!(differences(&json!({ "a": { "b": [{ "c": "y" }] } }), &found).len(), 1);
        assert_eq!(differences(&json!({ "a": { "b": [1, 1] } }), &found).len(), 1, "each element matches once");
    }

    #[test]
    fn paths_reach_into_lists_and_fragments() {
        let found = json!({ "users": [{ "name": "u1" }], "link": "https://x/y#token" });
        assert_eq!(at(&found, "users[0].name"), Some(json!("u1")));
        assert_eq!(at(&found, "link#"), Some(json!("token")));
        assert_eq!(at(&found, "users[1].name"), None);
        assert_eq!(at(&json!({ "name": "a/1/b/2" }), "name^"), Some(json!("a/1")));
    }
}
