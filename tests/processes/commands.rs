//! What each command says, and when it refuses.

use runtime::keys::{ACCESS_FILE, ISSUER_FILE};

use crate::program::{Place, Process, SERVICES};

#[test]
fn tells_its_version() {
    let ended = Place::new().run(&["--version"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), concat!("linkage ", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn prints_its_configuration_without_secrets() {
    let mut place = Place::new();
    place.set("LINKAGE_ENROLLMENT__DATABASE", "postgres://ada:hush-hush@db.example/enrollment");
    let ended = place.run(&["serve", "--print-config"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.contains("(masked)"), "{}", ended.out);
    assert!(!format!("{}{}", ended.out, ended.err).contains("hush-hush"), "{}{}", ended.out, ended.err);
}

#[test]
fn a_database_that_is_away_is_named_without_its_password() {
    let mut place = Place::new();
    place.set("LINKAGE_ENROLLMENT__DATABASE", "postgres://ada:hush-hush@127.0.0.1:1/enrollment");
    let ended = place.run(&["serve", "enrollment"]);
    assert_eq!(ended.code, Some(1), "{}{}", ended.out, ended.err);
    assert!(ended.err.contains("enrollment") && !ended.err.contains("hush-hush"), "{}", ended.err);
}

#[test]
fn a_reader_who_has_read_enough_is_no_failure() {
    let place = Place::new();
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let closed = place.command(&["demo", "--schema"]).stdout(writer).output().expect("the binary runs");
    assert_eq!((closed.status.code(), String::from_utf8_lossy(&closed.stderr).as_ref()), (Some(0), ""));
    let full = std::fs::File::create("/dev/full").expect("a disk without room");
    let full = place.command(&["demo", "--schema"]).stdout(full).output().expect("the binary runs");
    assert_ne!(full.status.code(), Some(0), "what could not be written is told");
}

#[test]
fn an_unknown_key_is_refused_before_anything_starts() {
    let mut place = Place::new();
    place.set("LINKAGE_ENROLLMENT__DATABSE", "x");
    let ended = place.run(&["serve"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("databse"), "{}", ended.err);
}

#[test]
fn serving_refuses_a_schema_that_is_not_up_to_date() {
    let ended = Place::new().run(&["serve", "enrollment"]);
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    assert!(ended.err.contains("linkage migrate"), "{}", ended.err);
}

#[test]
fn the_operator_is_made_once_and_after_the_schema() {
    let place = Place::new();
    let early = place.run(&["bootstrap"]);
    assert_eq!(early.code, Some(1));
    assert!(early.err.contains("linkage migrate"), "{}", early.err);
    let migrated = place.run(&["migrate"]);
    assert_eq!(migrated.code, Some(0), "{}", migrated.err);
    let made = place.run(&["bootstrap", "--email", "ada@programme.example"]);
    assert_eq!(made.code, Some(0), "{}", made.err);
    assert!(made.out.contains("ada@programme.example"), "{}", made.out);
    let again = place.run(&["bootstrap"]);
    assert_eq!(again.code, Some(1));
    assert!(again.err.contains("operator already"), "{}", again.err);
    let kept = place.run(&["bootstrap", "--if-absent"]);
    assert_eq!(kept.code, Some(0), "{}", kept.err);
    let rebound = place.run(&["bootstrap", "--rebind"]);
    assert!(
        rebound.code == Some(0) && rebound.out.starts_with("ada@programme.example"),
        "{}{}",
        rebound.out,
        rebound.err
    );
    let nobody = place.run(&["bootstrap", "--rebind", "--issuer", "https://nobody.example"]);
    assert!(nobody.code == Some(1) && nobody.err.contains("not configured"), "{}", nobody.err);
    let nothing_left = place.run(&["migrate"]);
    assert_eq!(nothing_left.code, Some(0));
    assert_eq!(nothing_left.out.matches("up to date").count(), 4, "{}", nothing_left.out);
}

#[test]
fn a_term_signal_stops_it_cleanly_and_one_file_serves_one_process() {
    let place = Place::new();
    let mut serving = place.serve(&[]);
    let token = place.run(&["token", "--email", "operator@linkage.example"]);
    assert_eq!(token.code, Some(0), "{}", token.err);
    assert_eq!(token.out.split('.').count(), 3, "a token alone: {}", token.out);
    let stranger = place.run(&["token", "--email", "operator@linkage.example", "--organization", "nonsense"]);
    assert_eq!(stranger.code, Some(1), "{}", stranger.out);

    let mut elsewhere = place.command(&["serve"]);
    elsewhere.envs(SERVICES.map(|s| (format!("LINKAGE_{}__LISTEN", s.to_uppercase()), "127.0.0.1:0")));
    let second = Process::start(elsewhere).end();
    assert_eq!(second.code, Some(1), "{}", second.out);
    assert!(second.err.contains("another process"), "{}", second.err);
    let same_ports = place.run(&["serve"]);
    assert_eq!(same_ports.code, Some(1), "{}", same_ports.out);

    let ended = serving.stop();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(place.serve(&[]).stop().code, Some(0), "it starts again on the same data");
}

#[test]
fn each_service_gets_its_own_keys_and_of_its_siblings_the_public_ones() {
    let place = Place::new();
    let folder = place.folder().join("deployed");
    let make = || place.run(&["keys", folder.to_str().expect("a path"), "--issuer"]);
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).expect("a file");
    assert_eq!(make().code, Some(0));
    for service in SERVICES {
        let mut files: Vec<_> = std::fs::read_dir(folder.join(service))
            .expect("a folder")
            .map(|file| file.expect("a file").file_name().into_string().expect("a name"))
            .collect();
        files.sort();
        let siblings = SERVICES.into_iter().filter(|name| *name != service).map(|name| format!("{name}.pub.pem"));
        let own = ["links.key".to_owned(), "issuer.pub.pem".to_owned(), format!("{service}.pem")];
        let more = (service == "enrollment").then(|| ACCESS_FILE.to_owned());
        let mut expected: Vec<_> = siblings.chain(own).chain(more).collect();
        expected.sort();
        assert_eq!(files, expected, "{service}");
    }
    assert!(folder.join("people/keys").join(ISSUER_FILE).exists());

    let (kept, replaced) = (read("relationship/relationship.pem"), read("relationship/enrollment.pub.pem"));
    std::fs::remove_file(folder.join("enrollment/enrollment.pem")).expect("a key to replace");
    assert_eq!(make().code, Some(0));
    assert_eq!(read("relationship/relationship.pem"), kept);
    assert_ne!(read("relationship/enrollment.pub.pem"), replaced, "siblings know the new one");
}

#[test]
fn bootstrap_makes_no_issuer_key() {
    let place = founded();
    let keys = place.folder().join("data/keys");
    assert!(keys.join(ACCESS_FILE).exists(), "this is where keys are");
    assert!(!keys.join(ISSUER_FILE).exists());
}

#[test]
fn without_simulation_no_development_issuer() {
    let place = founded();
    // A key that an earlier simulation may have left.
    linkage::SigningKey::load_or_create(&place.folder().join("data/keys").join(ISSUER_FILE)).expect("a key");
    let sign_in = ["token", "--email", "operator@linkage.example"];
    let mut serving = place.serve(&["enrollment"]);
    let refused = place.run(&sign_in);
    assert_eq!(refused.code, Some(1), "{}", refused.out);
    assert!(refused.err.contains("ISSUER_NOT_TRUSTED"), "{}", refused.err);
    assert_eq!(serving.stop().code, Some(0));
    let _simulation = place.serve(&["enrollment", "--simulation"]);
    assert_eq!(place.run(&sign_in).code, Some(0), "with it, the very same counts");
}

/// Migrated, and with an operator.
fn founded() -> Place {
    let place = Place::new();
    for command in ["migrate", "bootstrap"] {
        let ended = place.run(&[command]);
        assert_eq!(ended.code, Some(0), "{command}: {}", ended.err);
    }
    place
}

#[test]
fn data_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let _serving = place.serve(&[]);
    let (mut folders, mut seen) = (vec![place.folder().join("data")], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            let list = if entry.is_dir() { &mut folders } else { &mut seen };
            list.push(entry);
        }
        seen.push(folder);
    }
    let name = |path: &std::path::Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    for part in ["data", "enrollment.db", "enrollment.db-wal", "enrollment.db.lock"] {
        assert!(seen.iter().any(|path| name(path) == part), "{part} is not among {seen:?}");
    }
    for path in seen {
        let mode = std::fs::metadata(&path).expect("its mode").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} is {mode:o}", path.display());
    }
}
