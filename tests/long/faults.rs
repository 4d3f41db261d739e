//! Faults of processes, connections and databases on PostgreSQL: what each row of the catalogue requires, by its number.
//! A short form runs with all other tests; the long form repeats it.

mod crashed;
mod crowded;
mod ended;
mod grown;
mod halted;
mod killed;
mod parted;
mod poisoned;
mod replayed;
mod restored;

use linkage::ServiceName;

use crate::caller::Caller;
use crate::four::Four;

/// The start of every test here: four processes and who speaks to them; none where there is no PostgreSQL.
fn scene() -> Option<(Four, Caller)> {
    scene_with(&[])
}

/// The same with other settings.
fn scene_with(variables: &[(&str, &str)]) -> Option<(Four, Caller)> {
    let four = Four::start(variables)?;
    let caller = four.caller();
    Some((four, caller))
}

/// Asserts what the oracle knows, and says what was counted.
#[track_caller]
#[expect(clippy::print_stdout, reason = "a run tells what it has counted")]
fn hold(row: &str, rounds: usize, four: &Four, caller: &mut Caller) {
    let wrong = four.judge(caller);
    assert!(wrong.is_empty(), "{row}:\n{}", wrong.join("\n"));
    let count = |service, query: &str| four.ask(service, query).concat();
    let told: usize = ServiceName::ALL
        .into_iter()
        .map(|service| count(service, "SELECT count(*)::text FROM inbox_told").parse::<usize>().expect("a number"))
        .sum();
    let mails = count(ServiceName::Notification, "SELECT count(*)::text FROM message");
    println!(
        "{row}: {rounds} rounds, {} commands, {told} effects, {mails} mails: each once",
        caller.acknowledged().len()
    );
}
