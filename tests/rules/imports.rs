//! Who never imports whom. The table is the architecture; the crates' own edges are in `dependencies`.

use crate::{
    none,
    sources::{self, Source, has_word},
};

const SERVICES: [&str; 4] = ["enrollment", "verification", "relationship", "notification"];

/// Where, and the paths that never occur there. `X` stands for any service.
const NEVER: &[(&str, &[&str])] = &[
    (
        "crates/addresses/src/",
        &["tonic", "prost", "sea_orm", "sqlx", "tokio", "database", "ids", "markets", "runtime", "wire"],
    ),
    (
        "crates/wire/src/",
        &["addresses", "database", "ids", "markets", "runtime", "testkit", "sea_orm", "sqlx", "tokio"],
    ),
    (
        "crates/ids/src/",
        &["addresses", "tonic", "prost", "sea_orm", "sqlx", "tokio", "database", "markets", "runtime", "wire"],
    ),
    (
        "crates/markets/src/",
        &["addresses", "tonic", "prost", "sea_orm", "sqlx", "tokio", "database", "ids", "runtime", "wire"],
    ),
    ("crates/database/src/", &["addresses", "tonic", "prost", "wire", "runtime"]),
    (
        "crates/runtime/src/",
        &["wire::enrollment", "wire::verification", "wire::relationship", "wire::notification", "wire::linkage"],
    ),
    (
        "services/X/src/domain",
        &[
            "tonic",
            "prost",
            "prost_types",
            "wire",
            "sea_orm",
            "sqlx",
            "database",
            "runtime",
            "tokio",
            "futures",
            "rand",
            "std::fs",
            "std::net",
            "std::env",
            "std::time::SystemTime",
            "std::time::Instant",
            "chrono::Utc::now",
            "chrono::Local",
            "crate::rpc",
            "crate::store",
            "crate::effects",
        ],
    ),
    ("services/X/src/store", &["tonic", "prost", "prost_types", "wire", "runtime", "crate::rpc", "crate::effects"]),
    ("services/X/src/rpc", &["sea_orm", "sqlx", "crate::effects"]),
    ("services/X/src/effects", &["sea_orm", "sqlx", "crate::rpc"]),
    (
        "tests/journeys/",
        &["enrollment", "verification", "relationship", "notification", "database", "runtime", "sea_orm"],
    ),
];

fn violations(source: &Source) -> Vec<String> {
    let code = source.code();
    let mut found = Vec::new();
    for (place, never) in NEVER {
        if !is_in(&source.path, place) {
            continue;
        }
        for (line, path) in paths(&code) {
            if never.iter().any(|never| path == *never || path.starts_with(&format!("{never}::"))) {
                found.push(format!("{}:{line}: {place} never imports {path}", source.path));
            }
        }
        if place.ends_with("/domain") && (has_word(&code, "async") || has_word(&code, "await")) {
            found.push(format!("{}: {place} is synchronous", source.path));
        }
    }
    found
}

fn is_in(path: &str, place: &str) -> bool {
    let within = |place: &str| {
        path.strip_prefix(place).is_some_and(|rest| place.ends_with('/') || rest.starts_with('/') || rest == ".rs")
    };
    if place.contains("/X/") {
        SERVICES.iter().any(|service| within(&place.replace('X', service)))
    } else {
        within(place)
    }
}

/// Every path in the code with its line: `use` trees flattened, and what is written out where it is used.
fn paths(code: &str) -> Vec<(usize, String)> {
    let tokens = tokens(code);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let (line, token) = tokens[at];
        if token == "use" {
            at += 1;
            tree(&tokens, &mut at, "", &mut found);
        } else if is_name(token) {
            let mut path = token.to_owned();
            while tokens.get(at + 1).is_some_and(|t| t.1 == "::") && tokens.get(at + 2).is_some_and(|t| is_name(t.1)) {
                path = format!("{path}::{}", tokens[at + 2].1);
                at += 2;
            }
            if path.contains("::") {
                found.push((line, path));
            }
            at += 1;
        } else {
            at += 1;
        }
    }
    found
}

/// One branch of a `use` tree, up to the `,`, `}` or `;` after it.
fn tree(tokens: &[(usize, &str)], at: &mut usize, prefix: &str, found: &mut Vec<(usize, String)>) {
    let mut path = prefix.to_owned();
    let mut line = tokens.get(*at).map_or(0, |token| token.0);
    let mut whole = true;
    while let Some((here, token)) = tokens.get(*at).copied() {
        match token {
            "," | "}" | ";" => break,
            "{" => {
                whole = false;
                *at += 1;
                while tokens.get(*at).is_some_and(|token| token.1 != "}") {
                    tree(tokens, at, &path, found);
                    if tokens.get(*at).is_some_and(|token| token.1 != "}") {
                        *at += 1;
                    }
                }
            }
            // The name it goes by here says nothing about where it is from.
            "as" => *at += 1,
            "self" if !path.is_empty() => {}
            name if is_name(name) => {
                line = here;
                path = if path.is_empty() { name.to_owned() } else { format!("{path}::{name}") };
            }
            _ => {}
        }
        *at += 1;
    }
    if whole && !path.is_empty() {
        found.push((line, path));
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

fn tokens(code: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let mut rest = line;
        while let Some(first) = rest.chars().next() {
            let word = |c: char| c.is_alphanumeric() || c == '_';
            let length = if word(first) {
                rest.find(|c| !word(c)).unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            if !first.is_whitespace() {
                found.push((number + 1, &rest[..length]));
            }
            rest = &rest[length..];
        }
    }
    found
}

#[test]
fn nobody_imports_what_they_never_import() {
    none(&sources::rust().flat_map(violations).collect::<Vec<_>>());
}

#[test]
fn the_scanner_bites() {
    let count = |path: &str, text: &str| violations(&Source::new(path, text)).len();
    let domain = "services/enrollment/src/domain/user.rs";
    for bad in [
        "use tonic::Status;",
        "use tonic;",
        "use ::tonic as t;",
        "use {chrono::Utc, wire::enrollment as pb};",
        "use crate::{error, rpc::convert};",
        "use crate::{self as me, store};",
        "pub(crate) use sea_orm::{entity::{prelude::*}, Set};",
        "fn f() -> tonic::Status { todo() }",
        "fn f() { chrono::Utc::now(); }",
        "mod tests { use super::*; use wire::x; }",
        "async fn f() {}",
    ] {
        assert!(count(domain, bad) >= 1, "{bad}");
    }
    for good in [
        "use ids::UserId; use chrono::{DateTime, Utc};",
        "// use tonic::Status;",
        "let s = \"tonic::Status\";",
        "use crate::domain::wire_like;",
    ] {
        assert_eq!(count(domain, good), 0, "{good}");
    }
    assert_eq!(count("services/enrollment/src/domain.rs", "use wire::x;"), 1);
    assert_eq!(count("services/enrollment/src/store/user.rs", "use runtime::Clock;"), 1);
    assert_eq!(count("services/enrollment/src/rpc/user/get.rs", "use sea_orm::Set;"), 1);
    assert_eq!(count("services/enrollment/src/effects.rs", "use crate::rpc::convert;"), 1);
    assert_eq!(count("crates/runtime/src/relay.rs", "use wire::{event, enrollment::User};"), 1);
    assert_eq!(count("crates/addresses/src/email.rs", "use tokio::sync;"), 1);
    assert_eq!(count("crates/ids/src/id.rs", "use tokio::sync;"), 1);
    assert_eq!(count("tests/journeys/onboard.rs", "use enrollment::store;"), 1);
    assert_eq!(count("services/linkage/src/suite.rs", "use enrollment::Enrollment; use tonic::x;"), 0);
}
