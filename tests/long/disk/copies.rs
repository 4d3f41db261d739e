//! F15: the files as they lie at a random moment under load hold every command that was acknowledged before, whole.
//!
//! All threads of the process are stopped while the files are copied, so a copy may end in the middle of a transaction. Only the
//! database and its log are taken: what lies in shared memory does not outlive a power cut. What the system itself had not
//! written to its disk yet can't be taken away here; that each commit waits for it is asserted in the contract of `database`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use linkage::ServiceName;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::{TRY_IS_OVER, assert_sound, copy_files};
use crate::caller::{Caller, Write, data};
use crate::effects::Effects;
use crate::kills;
use crate::program::Place;
use crate::signals::Serving;

/// Between two looks at what happens.
const BREATH: Duration = Duration::from_millis(100);

#[test]
fn f15_a_copy_taken_under_load_holds_what_was_acknowledged() {
    rounds(2);
}

#[test]
#[ignore = "minutes: belongs to the long tests"]
fn f15_fifteen_copies_taken_under_load_hold_what_was_acknowledged() {
    rounds(15);
}

#[expect(clippy::print_stdout, reason = "a run that failed is repeated by its seed")]
fn rounds(rounds: usize) {
    let seed = kills::seed();
    println!("F15: {rounds} rounds, LINKAGE_TEST_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let place = Place::new();
    let mut serving = Serving::start(&place.command(&["serve"]));
    let mut caller = Caller::of(&place);
    caller.enroll("first").expect("a quiet enrollment");
    let expected = caller.effects(|| drop(serving.process.line(BREATH)));
    let (mut held, mut under_way) = (caller.acknowledged().len(), 0);
    for round in 0..rounds {
        let after = Duration::from_micros(random.random_range(100_000..500_000));
        let (copy, writes) = copy_under_load(&place, &mut serving, &mut caller, round, after);
        holds(&copy, &writes, held, &expected);
        under_way += writes.len() - held;
        held = caller.acknowledged().len();
    }
    assert!(under_way > 0, "no command was under way");
    assert_eq!(serving.process.stop().code, Some(0));
    println!(
        "F15: {rounds} copies, {under_way} commands acknowledged just before one, {held} in all, each found whole"
    );
}

/// Freezes the process this long after a load began that ends only later; a place with a copy of its files, and what was
/// acknowledged by then.
fn copy_under_load(
    place: &Place,
    serving: &mut Serving,
    caller: &mut Caller,
    round: usize,
    after: Duration,
) -> (Place, Vec<Write>) {
    let (writes, enough) = (Arc::clone(&caller.writes), AtomicBool::new(false));
    let is_enough = || enough.load(Ordering::Relaxed);
    let mut load = || {
        let names = (0..).map(|number| format!("load{round}n{number}"));
        names.take_while(|_| !is_enough()).try_for_each(|name| caller.enroll(&name))
    };
    thread::scope(|scope| {
        let load = scope.spawn(&mut load);
        serving.process.line(after);
        let acknowledged = writes.lock().expect("no other thread failed").clone();
        serving.freeze();
        let copy = Place::new();
        copy_files(&data(place), &data(&copy));
        serving.thaw();
        enough.store(true, Ordering::Relaxed);
        load.join().expect("the load").expect("every command is acknowledged");
        (copy, acknowledged)
    })
}

/// Starts the copy, repeats each command from `since` on, and looks for all effects of all of them.
fn holds(copy: &Place, writes: &[Write], since: usize, expected: &Effects) {
    assert_sound(&data(copy));
    let mut serving = Serving::start(&copy.command(&["serve"]));
    let mut caller = Caller::of(copy);
    for write in &writes[since..] {
        let answer = caller.call(&write.who, &write.rpc, &write.request);
        assert_eq!(answer.code, tonic::Code::Ok, "{}: {}", write.rpc, answer.message);
        assert!(answer.metadata.contains_key("idempotency-replayed"), "{} was lost, and done anew", write.rpc);
        assert_eq!(answer.payload, write.payload, "{}", write.rpc);
    }
    caller.writes.lock().expect("nobody else").extend_from_slice(writes);
    ServiceName::ALL.into_iter().for_each(|service| caller.set_ahead(service, TRY_IS_OVER));
    let wrong = caller.differences(expected, || drop(serving.process.line(BREATH)));
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    assert_eq!(serving.process.stop().code, Some(0));
}
