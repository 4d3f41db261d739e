//! The search of what the binary logs at every level, for what opens a door and for who is written to, when its place is cleared.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

/// Set, every program logs all it can, and that is searched.
const SEARCHED: &str = "LINKAGE_TEST_SEARCH_LOGS";
/// How every signed token begins: `{"`.
const TOKEN: &str = "eyJ";
const KEPT: &str = "logged.txt";

pub(crate) fn is_searched() -> bool {
    std::env::var_os(SEARCHED).is_some()
}

/// Keeps what a process logged until its place is cleared.
pub(crate) fn keep(place: Option<&Path>, logged: &[u8]) {
    if let Some(place) = place.filter(|_| is_searched()) {
        // A place that is gone already was searched without this process, which its test has left behind.
        if let Ok(mut file) = OpenOptions::new().create(true).append(true).open(place.join(KEPT)) {
            file.write_all(logged).expect("room for what was logged");
        }
    }
}

/// Fails if a secret or an address stands in what was logged here.
pub(crate) fn search(place: &Path) {
    let Ok(logged) = fs::read(place.join(KEPT)) else { return };
    let logged = String::from_utf8_lossy(&logged);
    for needle in secrets(&place.join("data")) {
        let told = logged.lines().find(|line| line.contains(&needle));
        assert_eq!(told, None, "{needle} is logged");
    }
}

/// What each mail opens and whom it was for, and all keys.
fn secrets(data: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::from([TOKEN.to_owned()]);
    let mails = data.join("notification.db");
    if mails.is_file() {
        let url = format!("sqlite://{}", mails.display());
        // What opens something is the last part of a link.
        let links = "SELECT link.value FROM mailbox_message, json_each(mailbox_message.links) AS link";
        if testkit::ask(&url, "SELECT name FROM sqlite_master WHERE name = 'mailbox_message'").len() == 1 {
            found.extend(testkit::ask(&url, "SELECT mailbox FROM mailbox_message"));
            found.extend(
                testkit::ask(&url, links).iter().filter_map(|link| Some(link.rsplit(['.', '#']).next()?.to_owned())),
            );
        }
    }
    for file in fs::read_dir(data.join("keys")).into_iter().flatten().flatten() {
        let key = fs::read_to_string(file.path()).unwrap_or_default();
        found.extend(key.lines().filter(|line| !line.starts_with("-----")).map(str::to_owned));
    }
    found.retain(|text| text == TOKEN || text.len() >= 8);
    found
}
