//! The README's commands, run as they stand there, and what they say held against what the page promises.

use std::fs;
use std::io::Write as _;
use std::process::Command;

use serde_json::Value;

use crate::program::SERVICES;

mod page;
mod sitting;

use sitting::Sitting;

#[test]
fn r63_the_readmes_commands_do_what_it_says() {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md")).expect("the README");
    let mut sitting = Sitting::new();
    let blocks = page::blocks(&sitting.at_its_addresses(&page));
    let [demo, by_hand, grpcurl, apart] = &blocks[..] else {
        panic!("{} blocks: what a new one promises is asserted here", blocks.len())
    };

    let told = sitting.run(demo);
    assert!(told.contains(&every_step_held()), "{told}");

    let told = sitting.run(by_hand);
    assert!(told.contains(&every_step_held()), "{told}");
    let in_the_trail = |service: &str| told.lines().any(|line| line.split_whitespace().nth(1) == Some(service));
    assert!(SERVICES.into_iter().all(in_the_trail), "{told}");

    if grpcurl_is_installed() {
        the_walk_by_hand(&sitting.run(grpcurl));
    }

    let told = sitting.run(apart);
    let migrated = |service: &str| told.lines().any(|line| line.starts_with(service) && line.contains("applied"));
    assert!(SERVICES.into_iter().all(migrated), "{told}");
    assert!(told.contains("operator@linkage.example"), "{told}");
    sitting.stop();
}

/// Everything else here runs the binary itself: this is why `cargo run` finds it.
#[test]
fn cargo_run_finds_one_binary() {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    let told = cargo.output().expect("cargo's metadata");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let metadata: Value = serde_json::from_slice(&told.stdout).expect("metadata");
    let targets = list(&metadata["packages"]).iter().flat_map(|package| list(&package["targets"]));
    let binaries: Vec<_> = targets.filter(|target| target["kind"] == serde_json::json!(["bin"])).collect();
    assert_eq!(binaries.iter().map(|binary| &binary["name"]).collect::<Vec<_>>(), ["linkage"]);
}

/// What grpcurl was answered: the services' names, and then an object per call.
fn the_walk_by_hand(told: &str) {
    let (names, answers) = told.split_at(told.find('{').unwrap_or(told.len()));
    for noun in ["Organization", "User", "Enrollment"] {
        let name = format!("linkage.enrollment.v1.{noun}Service");
        assert!(names.lines().any(|line| line == name), "{name} is not listed: {names}");
    }
    let answers: Result<Vec<Value>, _> = serde_json::Deserializer::from_str(answers).into_iter().collect();
    let answers = answers.unwrap_or_else(|error| panic!("{error}: {told}"));
    let [nobody, organization, drafted, listed, mail] = &answers[..] else {
        panic!("{} answers: {told}", answers.len());
    };
    assert_eq!(*nobody, serde_json::json!({}), "nobody has shown that example.com is theirs");
    assert_eq!(organization["displayName"], "Fjord Cloud AB");

    let name = |resource: &Value| resource["name"].as_str().unwrap_or_default().to_owned();
    assert!(name(drafted).starts_with(&format!("{}/enrollments/", name(organization))), "{drafted}");
    assert_eq!(
        (&drafted["state"], &drafted["type"]),
        (&"STATE_DRAFT".into(), &"ENROLLMENT_TYPE_INDIRECT_RESELLER".into())
    );
    let missing = list(&drafted["requirements"]);
    for code in ["REQUIREMENT_CODE_LEGAL_PROFILE", "REQUIREMENT_CODE_SUPPORT_PROFILE"] {
        assert!(missing.iter().any(|requirement| requirement["code"] == code), "{code} is not missing: {drafted}");
    }
    let told_whole =
        |requirement: &Value| ["code", "description", "actor", "method"].iter().all(|key| requirement[key].is_string());
    assert!(missing.iter().all(told_whole), "{drafted}");
    assert_eq!(list(&listed["enrollments"]), std::slice::from_ref(drafted));

    let mail = list(&mail["mailboxMessages"]);
    assert!(mail.iter().any(|message| message["kind"] == "email-verification"), "{mail:?}");
    let readable = |message: &Value| ["to", "subject", "text", "html"].iter().all(|key| message[key].is_string());
    assert!(mail.iter().all(readable), "{mail:?}");
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn every_step_held() -> String {
    let journey = linkage::demo::Journey::parse(linkage::demo::SHIPPED).expect("the shipped journey");
    format!("All {} steps held.", journey.steps.len())
}

fn grpcurl_is_installed() -> bool {
    match Command::new("grpcurl").arg("-version").output() {
        Ok(_) => true,
        Err(error) if std::env::var_os("LINKAGE_REQUIRE_GRPCURL").is_some_and(|value| value == "1") => {
            panic!("grpcurl is required, but: {error}")
        }
        Err(error) => {
            // Past the capture of the test harness: a part that did not run must be seen.
            let _ = writeln!(std::io::stderr(), "the README's walk by grpcurl left out: {error}");
            false
        }
    }
}
