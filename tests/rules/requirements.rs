//! `docs/requirements.md` maps each requirement to the RPCs and the tests that carry it, and leaves none of those tests out.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    none, rpcs,
    sources::{self, Source},
};

const MAP: &str = "docs/requirements.md";

/// What every service serves by a protocol that isn't ours.
const STANDARD: [&str; 2] = ["Health/Check", "ServerReflection/ServerReflectionInfo"];

struct Row {
    id: String,
    rpcs: Vec<String>,
    tests: Vec<String>,
}

/// Rows of the form `| R01 | what | RPCs | tests |`, with RPCs and tests in backticks.
fn rows(map: &str) -> Vec<Row> {
    let cells =
        |line: &str| line.trim().trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    map.lines()
        .map(cells)
        .filter(|cells| id_of(&cells[0].to_lowercase()).is_some_and(|id| id == cells[0]))
        .map(|cells| {
            let names: Vec<String> =
                cells[1..].iter().flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect();
            let (tests, rpcs) = names.into_iter().partition(|name| id_of(name).is_some());
            Row { id: cells[0].clone(), rpcs, tests }
        })
        .collect()
}

/// `R12` of `r12_signs_before_ordering`.
fn id_of(name: &str) -> Option<String> {
    let digits = name.strip_prefix('r')?.get(..2)?;
    let ends = name.as_bytes().get(3).is_none_or(|next| *next == b'_');
    (ends && digits.bytes().all(|b| b.is_ascii_digit())).then(|| format!("R{digits}"))
}

/// Tests by the requirement in their name.
fn tests(files: &[Source]) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in files.iter().filter(|source| source.path.ends_with(".rs")) {
        for after in source.code().split("fn ").skip(1) {
            let name: String = after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if let Some(id) = id_of(&name) {
                found.entry(id).or_default().insert(name);
            }
        }
    }
    found
}

fn violations(map: &str, methods: &[String], tests: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let rows = rows(map);
    let mut found = Vec::new();
    let mut ids = BTreeSet::new();
    for row in &rows {
        let mut wrong = |why: String| found.push(format!("{MAP}: {}: {why}", row.id));
        if !ids.insert(row.id.clone()) {
            wrong("twice".to_owned());
        }
        if row.rpcs.is_empty() {
            wrong("names no RPC".to_owned());
        }
        if row.tests.is_empty() {
            wrong("names no test".to_owned());
        }
        let unknown =
            |rpc: &&String| !methods.iter().any(|method| method == *rpc || method.ends_with(&format!("/{rpc}")));
        row.rpcs.iter().filter(unknown).for_each(|rpc| wrong(format!("no RPC is called {rpc}")));
        let known = tests.values().flatten().collect::<BTreeSet<_>>();
        row.tests
            .iter()
            .filter(|test| !known.contains(test))
            .for_each(|test| wrong(format!("no test is called {test}")));
    }
    for (id, test) in tests.iter().flat_map(|(id, tests)| tests.iter().map(move |test| (id, test))) {
        if !rows.iter().any(|row| row.id == *id && row.tests.contains(test)) {
            found.push(format!("{MAP}: {id} doesn't list {test}"));
        }
    }
    found
}

fn methods() -> Vec<String> {
    let ours = rpcs::ALL.iter().map(|rpc| format!("{}/{}", rpc.service, rpc.method));
    ours.chain(STANDARD.map(str::to_owned)).collect()
}

#[test]
fn the_map_is_complete() {
    let map = sources::find(MAP).expect(MAP);
    assert!(!rows(&map.text).is_empty(), "{MAP} has rows");
    none(&violations(&map.text, &methods(), &tests(&sources::ALL)));
}

#[test]
fn the_scanner_bites() {
    let methods = ["EnrollmentService/SubmitEnrollment".to_owned()];
    let source = |names: &[&str]| names.iter().map(|name| format!("async fn {name}() {{}}\n")).collect::<String>();
    let tests = tests(&[Source::new("tests/journeys/a.rs", &source(&["r07_a", "helper", "r7_x", "ran12_x"]))]);
    assert_eq!(tests.len(), 1);
    let count = |map: &str| violations(map, &methods, &tests).len();
    assert_eq!(count("| id | what |\n|---|---|\n| R07 | Mail. | `SubmitEnrollment` | `r07_a` |"), 0);
    assert_eq!(count("| R07 | Mail. | `EnrollmentService/SubmitEnrollment` | `r07_a` |"), 0);
    assert_eq!(count("| R07 | Mail. | `SubmitNothing` | `r07_a` |"), 1);
    assert_eq!(count("| R07 | Mail. | | `r07_a` |"), 1);
    assert_eq!(count("| R07 | Mail. | `SubmitEnrollment` | `r07_a`, `r07_b` |"), 1);
    assert_eq!(count("| R07 | Mail. | `SubmitEnrollment` | |"), 2);
    assert_eq!(count("| R08 | Mail. | `SubmitEnrollment` | `r07_a` |"), 1);
    assert_eq!(count(""), 1);
}
