//! Dependencies between crates point one way: linkage -> services -> runtime -> database -> ids; services also -> wire, markets, addresses.

use toml::{Table, Value};

use crate::{
    none,
    sources::{self, Source},
};

const SERVICES: [&str; 4] = ["enrollment", "verification", "relationship", "notification"];
const SHARED: [&str; 7] = ["addresses", "database", "ids", "markets", "runtime", "testkit", "wire"];

/// Which of our own crates one may build on, and what it keeps out altogether.
fn allowed(name: &str) -> (&'static [&'static str], &'static [&'static str]) {
    const PURE: &[&str] = &["tonic", "tonic-prost", "prost", "prost-types", "sea-orm", "sqlx", "tokio"];
    match name {
        "addresses" | "ids" | "markets" => (&[], PURE),
        "wire" => (&[], &["sea-orm", "sqlx", "tokio"]),
        "database" => (&["ids"], &["tonic", "tonic-prost", "prost", "prost-types"]),
        "testkit" => (&["database"], &[]),
        "runtime" => (&["addresses", "database", "ids", "wire"], &[]),
        "linkage" => (
            &[
                "database",
                "ids",
                "markets",
                "runtime",
                "wire",
                "enrollment",
                "verification",
                "relationship",
                "notification",
            ],
            &[],
        ),
        _ => (&["addresses", "database", "ids", "markets", "runtime", "wire"], &[]),
    }
}

fn violations(manifest: &Source) -> Vec<String> {
    let table: Table = manifest.text.parse().expect("a manifest");
    let Some(name) = table.get("package").and_then(|package| package.get("name")).and_then(Value::as_str) else {
        return Vec::new();
    };
    let (ours, never) = allowed(name);
    let mut found = Vec::new();
    for section in ["dependencies", "dev-dependencies"] {
        for dependency in table.get(section).and_then(Value::as_table).into_iter().flat_map(Table::keys) {
            let dependency = dependency.as_str();
            let is_ours = SERVICES.contains(&dependency) || SHARED.contains(&dependency) || dependency == "linkage";
            let for_tests = section == "dev-dependencies" && !SERVICES.contains(&dependency) && dependency != "linkage";
            let refused = if is_ours {
                !ours.contains(&dependency) && !for_tests
            } else {
                never.contains(&dependency) && !for_tests
            };
            if refused {
                found.push(format!("{}: {name} never depends on {dependency} ({section})", manifest.path));
            }
        }
    }
    found
}

#[test]
fn crates_depend_one_way() {
    let manifests = || sources::ALL.iter().filter(|source| source.path.ends_with("/Cargo.toml"));
    assert!(manifests().count() >= 12);
    none(&manifests().flat_map(violations).collect::<Vec<_>>());
}

#[test]
fn the_scanner_bites() {
    let count = |name: &str, rest: &str| {
        violations(&Source::new("Cargo.toml", &format!("[package]\nname = \"{name}\"\n{rest}"))).len()
    };
    for (name, bad) in [
        ("enrollment", "[dependencies]\nverification.workspace = true"),
        ("enrollment", "[dev-dependencies]\nverification.workspace = true"),
        ("enrollment", "[dependencies]\ntestkit.workspace = true"),
        ("runtime", "[dependencies]\nenrollment.workspace = true"),
        ("database", "[dependencies]\nruntime.workspace = true"),
        ("database", "[dependencies]\ntonic.workspace = true"),
        ("addresses", "[dependencies]\nids.workspace = true"),
        ("ids", "[dependencies]\ntokio = \"1\""),
        ("wire", "[dependencies]\nids = { path = \"../ids\" }"),
    ] {
        assert_eq!(count(name, bad), 1, "{name}: {bad}");
    }
    assert_eq!(
        count("enrollment", "[dependencies]\nruntime.workspace = true\n[dev-dependencies]\ntestkit.workspace = true"),
        0
    );
    assert_eq!(count("ids", "[dependencies]\nuuid = \"1\"\n[dev-dependencies]\nproptest = \"1\""), 0);
}
