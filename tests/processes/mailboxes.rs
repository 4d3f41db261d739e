//! The simulated mailboxes in the terminal: followed, listed, searched and read.

use serde_json::Value;

use crate::program::{LIMIT, Place, Process};

/// What a command printed, an object a line.
fn told(place: &Place, arguments: &[&str]) -> Vec<Value> {
    let ended = place.run(&[&["mail", "list", "--format", "json"], arguments].concat());
    assert_eq!(ended.code, Some(0), "{arguments:?}: {}", ended.err);
    let read = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    ended.out.lines().map(read).collect()
}

#[test]
fn r50_mail_is_followed_listed_searched_and_read_in_the_terminal() {
    let place = Place::new();
    let mut serving = place.serve(&[]);
    let mut follower = Process::start(place.command(&["mail", "follow", "--format", "json"]));
    let journey = place.run(&["demo", "--against"]);
    assert_eq!(journey.code, Some(0), "{}{}", journey.out, journey.err);

    let all = told(&place, &[]);
    assert!(all.len() > 5, "{all:?}");
    for mail in &all {
        let followed = follower.line(LIMIT).unwrap_or_else(|| panic!("{mail} was not followed"));
        let followed: Value = serde_json::from_str(&followed).expect("an object");
        assert_eq!(followed["name"], mail["name"], "in the order of their arrival");
    }
    follower.kill();

    let [first, ..] = &all[..] else { panic!("no mail") };
    let text = |field: &str| first[field].as_str().unwrap_or_else(|| panic!("{field} of {first}")).to_owned();
    let (name, to, kind, subject) = (text("name"), text("to"), text("kind"), text("subject"));
    let address = to.rsplit('<').next().map(|address| address.trim_end_matches('>').to_owned()).expect("an address");
    for (filter, value) in [("--to", &address), ("--kind", &kind), ("--search", &subject)] {
        let found = told(&place, &[filter, value]);
        assert!(found.contains(first) && found.len() < all.len(), "{filter} {value}: {} of {}", found.len(), all.len());
    }
    assert_eq!(told(&place, &["--to", "nobody@nowhere.example"]), [] as [Value; 0]);
    let table = place.run(&["mail"]);
    assert!(table.code == Some(0) && table.out.contains(&subject) && table.out.contains(&name), "{}", table.out);

    for (arguments, parts) in [
        (&["mail", "read", &name][..], [format!("To: {to}"), format!("Subject: {subject}")]),
        (&["mail", "read", &name, "--body", "html"], ["<!doctype html>".to_owned(), "</html>".to_owned()]),
        (
            &["mail", "read", &name, "--body", "source"],
            ["Message-ID: <".to_owned(), "multipart/alternative".to_owned()],
        ),
    ] {
        let read = place.run(arguments);
        assert!(read.code == Some(0) && parts.iter().all(|part| read.out.contains(part)), "{parts:?}: {}", read.out);
    }
    let absent = place.run(&["mail", "read", "mailboxes/nobody@nowhere.example/messages/none"]);
    assert!(absent.code == Some(1) && absent.err.contains("refused"), "{}", absent.err);
    assert_eq!(serving.stop().code, Some(0));
}
