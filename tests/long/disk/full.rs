//! F13: no space is left. Writes are refused by that name and leave nothing behind, reads go on, and space is all it takes to
//! go on.
//!
//! The data folder is a small file system in memory, mounted where only the process under test sees it, so that it goes away
//! with the process. Where the system forbids that, the test says so and is left out.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use linkage::ServiceName;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::json;

use super::{TRY_IS_OVER, assert_sound, copy_files};
use crate::caller::{Caller, OPERATOR, Refused, data};
use crate::effects::Effects;
use crate::kills;
use crate::program::Place;
use crate::signals::{Serving, with_own_mounts};

/// Mounts it over the data folder, tells the process id, and goes on as the command.
const IN_A_SMALL_FOLDER: &str = r#"mount -t tmpfs -o size=48m none data && echo $$ && exec "$0" "$@""#;
/// Between two looks at what happens.
const BREATH: Duration = Duration::from_millis(100);
/// A log of SQLite is used anew before it grows: so many companies fit into one at most.
const COMPANIES: usize = 200;

#[test]
fn f13_without_space_writes_are_refused_and_reads_go_on() {
    rounds(1);
}

#[test]
#[ignore = "minutes: belongs to the long tests"]
fn f13_without_space_ten_times_writes_are_refused_and_reads_go_on() {
    rounds(10);
}

#[expect(clippy::print_stdout, reason = "a run that failed is repeated by its seed")]
fn rounds(rounds: usize) {
    let Some(shell) = with_own_mounts() else { return };
    let seed = kills::seed();
    println!("F13: {rounds} rounds, LINKAGE_TEST_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let place = Place::new();
    fs::create_dir(data(&place)).expect("a place to mount on");
    let mut serving = Serving::start_in(shell, IN_A_SMALL_FOLDER, &place.command(&["serve"]));
    let outside = serving.root().join(data(&place).strip_prefix("/").expect("absolute"));
    let mut caller = Caller::new(&crate::caller::addresses(&place), &outside);
    caller.enroll("first").expect("a quiet enrollment");
    let expected = caller.effects(|| drop(serving.process.line(BREATH)));
    let mut count = 0;
    for round in 0..rounds {
        for number in 0..random.random_range(0..4) {
            caller.enroll(&format!("quiet{round}n{number}")).expect("space is left");
        }
        count += without_space(&mut serving, &mut caller, &expected, &outside, round);
    }
    let copy = Place::new();
    serving.freeze();
    copy_files(&outside, &data(&copy));
    serving.thaw();
    assert_sound(&data(&copy));
    let ended = serving.process.stop();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    println!("F13: {rounds} times full, {count} commands refused, all done once there was space");
}

/// Fills the disk, calls, frees it, and repeats what was refused; how many commands that were.
fn without_space(serving: &mut Serving, caller: &mut Caller, expected: &Effects, data: &Path, round: usize) -> usize {
    let filler = data.join("filler");
    fill(&filler);
    let first = (0..COMPANIES).find_map(|number| caller.enroll(&format!("full{round}n{number}")).err());
    let mut refused = vec![*first.expect("some write is refused")];
    for number in 0..5 {
        refused.extend(caller.enroll(&format!("more{round}n{number}")).err().map(|refused| *refused));
    }
    assert!(refused.len() > 1, "space came from nowhere");
    for Refused { write, answer } in &refused {
        assert_eq!(
            (answer.code, answer.reason.as_str()),
            (tonic::Code::ResourceExhausted, "STORAGE_FULL"),
            "{}: {}",
            write.rpc,
            answer.message
        );
    }
    reads_go_on(caller, &refused);
    fs::remove_file(&filler).expect("space");
    let commands: Vec<_> = refused.iter().map(|refused| refused.write.clone()).collect();
    for write in &commands {
        let answer = caller.call(&write.who, &write.rpc, &write.request);
        assert_eq!(answer.code, tonic::Code::Ok, "{}: {} {}", write.rpc, answer.reason, answer.message);
        assert!(!answer.metadata.contains_key("idempotency-replayed"), "{} was refused, and done", write.rpc);
        let done = caller.again(write).expect("done by now");
        assert!(done.is_object());
    }
    let ahead = TRY_IS_OVER * (1 + i64::try_from(round).expect("few rounds"));
    ServiceName::ALL.into_iter().for_each(|service| caller.set_ahead(service, ahead));
    let wrong = caller.differences(expected, || drop(serving.process.line(BREATH)));
    assert!(wrong.is_empty(), "round {round}:\n{}\n", wrong.join("\n"));
    commands.len()
}

/// What was there is read; of what was refused nothing is.
fn reads_go_on(caller: &mut Caller, refused: &[Refused]) {
    let own = caller.call(OPERATOR, "enrollment.UserService/GetSelf", &json!({}));
    assert_eq!(own.code, tonic::Code::Ok, "{}", own.message);
    let trail = caller.trail();
    assert!(trail.len() > 5, "{} entries", trail.len());
    let half = trail.iter().find(|entry| refused.iter().any(|refused| entry["request_id"] == refused.write.id()));
    assert!(half.is_none(), "{half:?}");
    assert!(!caller.mails().is_empty());
}

/// Takes all the space there is.
fn fill(file: &Path) {
    let mut file = File::create(file).expect("a file");
    for size in [1 << 20, 4096, 1] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
}
