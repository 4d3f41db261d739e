//! F25: the database of one service goes back to a backup; told so, its siblings listen to it again.

use std::fs;
use std::time::{Duration, Instant};

use crate::caller::{Caller, data};
use crate::load::{Rights, sure};
use crate::program::{LIMIT, Place, Process};

const BREATH: Duration = Duration::from_millis(50);

/// Up to which of its events, and of which epoch, verification knows a user of enrollment.
fn known(place: &Place, user: &str) -> String {
    let url = format!("sqlite://{}", data(place).join("verification.db").display());
    let query = "SELECT epoch || ' ' || version || ' ' || subject FROM inbox WHERE source = 'enrollment'";
    let rows = testkit::ask(&url, query);
    rows.into_iter().find_map(|row| row.strip_suffix(user).map(|known| known.trim().to_owned())).unwrap_or_default()
}

fn until(place: &Place, process: &mut Process, user: &str, expected: &str) {
    let began = Instant::now();
    while known(place, user) != expected {
        assert!(began.elapsed() < LIMIT, "verification knows {:?}, not {expected}", known(place, user));
        process.line(BREATH);
    }
}

#[test]
fn f25_a_restored_service_that_says_so_is_listened_to_again() {
    let place = Place::new();
    let (kept, backup) = (data(&place).join("enrollment.db"), data(&place).join("backup"));
    let mut serving = place.serve(&[]);
    let mut caller = Caller::of(&place);
    let mut rights = Rights::found(&mut caller, "restored");
    sure(&mut caller, &rights.change());
    until(&place, &mut serving, &rights.user, "1 2");
    // Ended well, the file has everything.
    assert_eq!(serving.stop().code, Some(0));
    fs::copy(&kept, &backup).expect("a backup");

    let mut serving = place.serve(&[]);
    for _ in 0..3 {
        sure(&mut caller, &rights.change());
    }
    until(&place, &mut serving, &rights.user, "1 5");
    assert_eq!(serving.stop().code, Some(0));
    fs::copy(&backup, &kept).expect("the backup is restored");
    let ended = place.run(&["migrate", "enrollment", "--restored"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    // Whoever had signed in does so again: nobody knows how often a session was renewed since.
    assert!(ended.out.contains("epoch 2, 2 links, codes and sessions void"), "{}", ended.out);

    // Its third event again, which verification knew already: of another past.
    let mut serving = place.serve(&[]);
    sure(&mut caller, &rights.change());
    until(&place, &mut serving, &rights.user, "2 3");
    assert_eq!(serving.stop().code, Some(0));
}
