//! Habits that a search can keep: tests that don't sleep, and nothing that only one database has.

use crate::{
    none,
    sources::{self, Source, has_word},
};

/// What CockroachDB, YugabyteDB, Citus or SQLite lack, and we do without.
const ONE_DATABASE: [&str; 8] = [
    "skip locked",
    "pg_advisory",
    "pg_try_advisory",
    "create trigger",
    "pg_notify",
    "bigserial",
    "auto_increment()",
    "for update",
];

fn sleeps(source: &Source) -> Option<String> {
    let is_test = source.path.starts_with("tests/") || source.path.contains("/tests/");
    (is_test && has_word(&source.code(), "sleep"))
        .then(|| format!("{}: a test waits for what it needs, never for a time", source.path))
}

fn one_database(source: &Source) -> Vec<String> {
    let text = source.text.to_lowercase();
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    let has = |word: &&&str| text.lines().filter(is_code).any(|line| line.contains(**word));
    // A test may make a write fail by what the product does without.
    let is_test = source.path.starts_with("tests/") || source.path.contains("/tests/");
    ONE_DATABASE
        .iter()
        .filter(|word| !(is_test && **word == "create trigger"))
        .filter(has)
        .map(|word| format!("{}: {word:?} doesn't work on every database", source.path))
        .collect()
}

/// Every gRPC server of the product is the hardened one: limits that tonic leaves open are set there, and only there.
fn another_server(source: &Source) -> Option<String> {
    const HARDENED: &str = "crates/runtime/src/serve.rs";
    let product = !source.path.starts_with("tests/") && !source.path.contains("/tests");
    let code = source.code();
    let serves =
        code.contains("Server::builder") || code.contains("axum::serve") || code.contains("serve_with_incoming");
    (product && source.path != HARDENED && serves).then(|| format!("{}: serve through {HARDENED}", source.path))
}

/// The calls whose rule looks at rows of others, so that the database's own wall is not theirs: each is argued in
/// `docs/decisions/0029-walls-are-in-statements-and-in-the-database.md`.
const BEYOND: [&str; 16] = [
    "services/enrollment/src/rpc/enquiry/send.rs",
    "services/enrollment/src/rpc/enrollment/submit.rs",
    "services/enrollment/src/rpc/legal_profile/update.rs",
    "services/enrollment/src/rpc/organization/create.rs",
    "services/enrollment/src/rpc/organization/lookup.rs",
    "services/enrollment/src/rpc/provider_listing/list.rs",
    "services/enrollment/src/rpc/session/application.rs",
    "services/enrollment/src/rpc/session/by_code.rs",
    "services/enrollment/src/rpc/session/by_identity.rs",
    "services/enrollment/src/rpc/session/by_session.rs",
    "services/enrollment/src/rpc/sign_in_code/send.rs",
    "services/relationship/src/rpc/invitation/accept.rs",
    "services/relationship/src/rpc/order_eligibility/batch_check.rs",
    "services/relationship/src/rpc/order_eligibility/check.rs",
    "services/relationship/src/rpc/partnership/end.rs",
    "services/relationship/src/rpc/reseller_relationship/end.rs",
];

#[test]
fn few_calls_see_beyond_their_wall() {
    let product = sources::rust().filter(|source| !source.path.starts_with("tests/"));
    let beyond = product.filter(|source| source.code().contains(".beyond_its_wall()"));
    let mut beyond: Vec<_> = beyond.map(|source| source.path.clone()).collect();
    beyond.sort();
    assert_eq!(beyond, BEYOND);
}

#[test]
fn no_service_goes_around_the_hardened_server() {
    none(&sources::rust().filter_map(another_server).collect::<Vec<_>>());
    assert!(sources::rust().any(|source| source.code().contains("Server::builder")), "there is a server to judge");
}

#[test]
fn tests_never_sleep() {
    none(&sources::rust().filter_map(sleeps).collect::<Vec<_>>());
}

#[test]
fn queries_work_on_every_database() {
    let ours = sources::rust().filter(|source| !source.path.starts_with("tests/rules/"));
    none(&ours.flat_map(one_database).collect::<Vec<_>>());
}

#[test]
fn the_scanner_bites() {
    let bad = "async fn t() { tokio::time::sleep(SECOND).await }";
    assert!(sleeps(&Source::new("services/enrollment/tests/a.rs", bad)).is_some());
    assert!(sleeps(&Source::new("tests/journeys/a.rs", bad)).is_some());
    assert!(sleeps(&Source::new("services/enrollment/src/a.rs", bad)).is_none());
    assert!(sleeps(&Source::new("tests/journeys/a.rs", "// never sleep\nfn asleep() {}")).is_none());
    assert!(another_server(&Source::new("services/enrollment/src/a.rs", "Server::builder().add_service(x)")).is_some());
    assert!(another_server(&Source::new("crates/runtime/src/serve.rs", "Server::builder()")).is_none());
    assert_eq!(one_database(&Source::new("a.rs", "\"SELECT 1 FOR UPDATE SKIP LOCKED\"")).len(), 2);
    assert_eq!(one_database(&Source::new("services/a/src/b.rs", "\"CREATE TRIGGER x\"")).len(), 1);
    assert_eq!(one_database(&Source::new("services/a/tests/b.rs", "\"CREATE TRIGGER x\"")).len(), 0);
    assert_eq!(one_database(&Source::new("a.rs", "// no SKIP LOCKED here")).len(), 0);
}
