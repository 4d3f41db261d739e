//! The journey against a fresh suite, against one process twice, and against four processes.

use serde_json::Value;

use crate::program::{BINARY, Place, Process, SERVICES};

/// How many steps the shipped journey has.
fn steps() -> usize {
    linkage::demo::Journey::parse(linkage::demo::SHIPPED).expect("the shipped journey").steps.len()
}

#[test]
fn the_journey_holds_and_json_has_one_object_per_step() {
    let ended = Place::new().run(&["demo", "--format", "json"]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out.lines().rev().take(2).collect::<String>(), ended.err);
    let objects: Vec<Value> =
        ended.out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect();
    let (ending, told) = objects.split_last().expect("an ending");
    assert_eq!(told.len(), steps());
    for (index, object) in told.iter().enumerate() {
        assert_eq!((&object["step"], &object["held"]), (&Value::from(index + 1), &Value::Bool(true)), "{object}");
    }
    assert_eq!(ending["held"], ending["of"], "{ending}");
    assert_eq!(ending["failed"], Value::Null, "{ending}");
}

#[test]
fn one_process_carries_the_journey_twice() {
    let place = Place::new();
    let mut serving = place.serve(&[]);
    for turn in ["first", "second"] {
        let ended = place.run(&["demo", "--against"]);
        assert_eq!(ended.code, Some(0), "the {turn} time: {}{}", ended.out, ended.err);
        assert!(ended.out.contains(&format!("All {} steps held.", steps())), "{}", ended.out);
    }
    assert_eq!(serving.stop().code, Some(0));
}

#[test]
fn four_processes_that_hold_no_key_of_another_carry_the_journey() {
    let place = Place::new();
    let keys = place.folder().join("keys");
    assert_eq!(place.run(&["keys", keys.to_str().expect("a path")]).code, Some(0));
    let data = |service: &str| place.folder().join("apart").join(service);
    let command = |service: &str, arguments: &[&str]| {
        let mut command = place.program(BINARY);
        command.args(arguments).arg("--data").arg(data(service));
        command
    };
    for service in SERVICES {
        std::fs::create_dir_all(data(service)).expect("a folder");
        std::fs::rename(keys.join(service), data(service).join("keys")).expect("its keys");
        let ended = Process::start(command(service, &["migrate", service])).end();
        assert_eq!(ended.code, Some(0), "{service}: {}", ended.err);
    }
    let ended = Process::start(command("enrollment", &["bootstrap"])).end();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let _serving = SERVICES.map(|service| Process::serving(command(service, &["serve", service, "--simulation"])));
    let ended = Process::start(command("enrollment", &["demo", "--against"])).end();
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    let made = |service: &str, file: &str| data(service).join("keys").join(file).exists();
    let foreign =
        |service: &str| SERVICES.iter().any(|other| *other != service && made(service, &format!("{other}.pem")));
    assert!(!SERVICES.into_iter().any(foreign), "none made a key in another's name");
}

#[test]
fn without_services_it_says_so() {
    let place = Place::new();
    let ended = place.run(&["demo", "--against", "--retry-for", "0"]);
    assert_eq!(ended.code, Some(1), "{}", ended.out);
}
