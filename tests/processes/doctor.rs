//! `linkage doctor`: what it sees, and that it changes nothing.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use secrecy::ExposeSecret as _;
use serde_json::Value;

use crate::program::{Ended, Place, SERVICES};

/// What was found to be so, as (service, what, told).
fn found(ended: &Ended, verdict: &str) -> Vec<[String; 3]> {
    let findings = ended.out.lines().map(|line| serde_json::from_str::<Value>(line).expect("an object per line"));
    let part = |finding: &Value, name: &str| finding[name].as_str().expect("text").to_owned();
    findings
        .filter(|finding| finding["verdict"] == verdict)
        .map(|finding| ["service", "what", "told"].map(|name| part(&finding, name)))
        .collect()
}

fn told<'f>(findings: &'f [[String; 3]], service: &str, what: &str) -> &'f str {
    let finding = findings.iter().find(|[of, about, _]| of == service && about == what);
    finding.map(|[_, _, told]| told.as_str()).unwrap_or_else(|| panic!("nothing of {service}, {what}: {findings:?}"))
}

#[test]
fn before_the_first_start_it_says_what_to_do_and_makes_nothing() {
    let place = Place::new();
    let ended = place.run(&["doctor", "--format", "json"]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let wrong = found(&ended, "wrong");
    for service in SERVICES {
        assert!(told(&wrong, service, "database").contains("linkage migrate"), "{wrong:?}");
        assert!(told(&wrong, service, "reached").contains("nobody listens"), "{wrong:?}");
        assert!(told(&found(&ended, "odd"), service, "keys").contains("linkage keys"), "{}", ended.out);
    }
    assert!(!place.folder().join("data").exists(), "looking makes nothing");
}

#[test]
fn an_issuer_that_tells_no_keys_is_named() {
    let place = Place::new();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its address");
    let file = place.folder().join("site.toml");
    let issuer = format!("issuer = \"http://{nobody}\"\naudience = \"linkage\"\ntrusted_domains = []\n");
    fs::write(&file, format!("[[enrollment.service.issuers]]\n{issuer}")).expect("a configuration");
    let config = file.display().to_string();
    let ended = place.run(&["doctor", "enrollment", "--format", "json", "--config", &config]);
    let wrong = found(&ended, "wrong");
    assert!(told(&wrong, "enrollment", "issuer").contains("no answer"), "{wrong:?}");
}

#[test]
fn where_all_is_well_it_says_so_and_what_anybody_can_read_is_wrong() {
    let place = Place::new();
    let mut serving = place.serve(&[]);
    let ended = place.run(&["doctor", "--format", "json"]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    let well = found(&ended, "well");
    for service in SERVICES {
        assert!(told(&well, service, "reached").contains("it serves"), "{well:?}");
        assert!(told(&well, service, "database").contains("in use"), "{well:?}");
    }
    assert!(told(&found(&ended, "odd"), "enrollment", "issuers").contains("by mailed codes alone"), "{}", ended.out);
    assert_eq!(serving.stop().code, Some(0));

    let key = place.folder().join("data/keys/access.pem");
    fs::set_permissions(&key, Permissions::from_mode(0o644)).expect("its mode");
    let ended = place.run(&["doctor", "enrollment", "--format", "json"]);
    assert_eq!(ended.code, Some(1));
    assert!(told(&found(&ended, "wrong"), "enrollment", "keys").contains("access.pem"), "{}", ended.out);
    let well = found(&ended, "well");
    assert_eq!(told(&well, "enrollment", "schema"), "up to date", "nobody has the file open now");
    assert!(told(&well, "enrollment", "clock").contains("ahead"), "{well:?}");
    assert!(!well.iter().any(|[service, _, _]| service != "enrollment"), "one was asked for: {well:?}");
    let reached = |ended: &Ended| {
        let of = |verdict| found(ended, verdict).into_iter().filter(|[_, what, _]| what == "reached");
        of("well").chain(of("wrong")).map(|[service, ..]| service).collect::<Vec<_>>()
    };
    assert_eq!(reached(&ended), ["verification", "relationship", "notification"], "those that it calls");
    let ended = place.run(&["doctor", "notification", "--format", "json"]);
    assert_eq!(
        reached(&ended),
        ["enrollment", "verification", "relationship"],
        "for its signing keys, and to tell what became of mails"
    );

    fs::write(&key, "not a key").expect("a spoilt key");
    fs::set_permissions(&key, Permissions::from_mode(0o600)).expect("its mode");
    let ended = place.run(&["doctor", "enrollment"]);
    assert!(ended.out.contains("access.pem") && ended.out.contains("wrong"), "{}", ended.out);
}

#[test]
fn a_database_that_is_away_is_wrong_and_its_password_is_not_told() {
    let mut place = Place::new();
    place.set("LINKAGE_RELATIONSHIP__DATABASE", "postgres://ada:hush-hush@127.0.0.1:1/relationship");
    let ended = place.run(&["doctor", "relationship", "--format", "json"]);
    assert_eq!(ended.code, Some(1));
    assert!(told(&found(&ended, "wrong"), "relationship", "database").contains("unavailable"), "{}", ended.out);
    assert!(!format!("{}{}", ended.out, ended.err).contains("hush-hush"), "{}", ended.out);
}

#[test]
fn a_service_whose_tables_are_another_ones_is_told_from_one_that_owns_them() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let Some(database) = runtime.block_on(testkit::postgres()) else { return };
    let url = database.settings.url.expose_secret();
    let mut place = Place::new();
    place.set("LINKAGE_ENROLLMENT__DATABASE", url);
    place.set("LINKAGE_ENROLLMENT__ROLE", "nobody_there");
    let ended = place.run(&["migrate", "enrollment"]);
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    assert!(ended.err.contains("the role must be there"), "{}", ended.err);

    place.set("LINKAGE_ENROLLMENT__ROLE", testkit::SERVING);
    assert_eq!(place.run(&["migrate", "enrollment"]).code, Some(0));
    let ended = place.run(&["doctor", "enrollment", "--format", "json"]);
    assert!(told(&found(&ended, "odd"), "enrollment", "role").contains("`role`"), "{}", ended.out);

    place.set("LINKAGE_ENROLLMENT__DATABASE", testkit::serving(url));
    let ended = place.run(&["doctor", "enrollment", "--format", "json"]);
    assert_eq!(told(&found(&ended, "well"), "enrollment", "role"), "it owns no table");
    assert_eq!(told(&found(&ended, "well"), "enrollment", "schema"), "up to date");
    let ended = place.run(&["bootstrap"]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
}
