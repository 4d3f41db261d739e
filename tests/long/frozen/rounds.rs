//! The replica that numbers and sweeps is frozen at a random moment under load, again and again.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use linkage::ServiceName;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::caller::Caller;
use crate::kills;
use crate::pair::{BREATH, Leases, Pair, owners, works_alone};
use crate::program::LIMIT;
use crate::signals::Serving;

#[test]
fn f03_what_a_frozen_replica_held_is_taken_over_and_nothing_is_lost_or_doubled() {
    rounds(1);
}

#[test]
#[ignore = "minutes: belongs to the long tests"]
fn f03_five_freezes_lose_and_double_nothing() {
    rounds(5);
}

#[expect(clippy::print_stdout, reason = "a run that failed is repeated by its seed")]
fn rounds(rounds: usize) {
    let Some(pair) = Pair::new() else { return };
    let seed = kills::seed();
    println!("F3: {rounds} rounds, LINKAGE_TEST_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let mut first = pair.start(false, &[]);
    // Nobody else is there yet, so these names of owners are the first one's, for as long as it runs.
    let firsts = owners(&pair.until(&mut first.process, |leases| works_alone(leases, |_| true)));
    let mut two =
        Two { serving: [first, pair.start(true, &[])], callers: [pair.caller(false), pair.caller(true)], firsts };
    two.callers[0].enroll("first").expect("a quiet enrollment");
    let Two { serving, callers, .. } = &mut two;
    let expected = callers[0].effects(|| drop(serving[0].process.line(BREATH)));
    // What either acknowledges, both must show.
    callers[1].writes = Arc::clone(&callers[0].writes);
    let mut commands = 0;
    for round in 0..rounds {
        let after = Duration::from_micros(random.random_range(100_000..600_000));
        println!("F3, round {round}: {}", two.freeze_one(&pair, round, after));
        let Two { serving, callers, .. } = &mut two;
        for caller in callers.iter_mut() {
            let wrong = caller.differences(&expected, || drop(serving[0].process.line(BREATH)));
            assert!(wrong.is_empty(), "round {round}, seed {seed}:\n{}\n", wrong.join("\n"));
        }
        commands = callers[0].acknowledged().len();
    }
    pair.until_numbered(&mut two.serving[0].process);
    for serving in &mut two.serving {
        let ended = serving.process.stop();
        assert_eq!(ended.code, Some(0), "{}", ended.err);
    }
    pair.assert_chained();
    println!("F3: {rounds} freezes, {commands} commands, each effect once, journals without gap");
}

/// The two processes, who speaks to them, and the owners' names of the first.
struct Two {
    serving: [Serving; 2],
    callers: [Caller; 2],
    firsts: BTreeSet<String>,
}

impl Two {
    /// Freezes who numbers enrollment's journal while both are busy, until the other does and has done more, and thaws it; what
    /// happened to the leases.
    fn freeze_one(&mut self, pair: &Pair, round: usize, after: Duration) -> String {
        let enough = AtomicBool::new(false);
        let load = |caller: &mut Caller, which: usize| {
            let names = (0..).map(|number| format!("load{round}x{which}n{number}"));
            names.take_while(|_| !enough.load(Ordering::Relaxed)).try_for_each(|name| caller.enroll(&name))
        };
        let writes = Arc::clone(&self.callers[0].writes);
        let done = || writes.lock().expect("no other thread failed").len();
        let Two { serving, callers: [a, b], firsts } = self;
        thread::scope(|scope| {
            let loads = [scope.spawn(|| load(a, 0)), scope.spawn(|| load(b, 1))];
            serving[0].process.line(after);
            let numbering = &pair.leases()[&(ServiceName::Enrollment, "numbering".to_owned())];
            let is_first = firsts.contains(&numbering.owner);
            let [one, two] = serving;
            let (frozen, other) = if is_first { (one, two) } else { (two, one) };
            frozen.freeze();
            let before = pair.leases();
            let others = |owner: &str| firsts.contains(owner) != is_first;
            let during = pair.until(&mut other.process, |leases| works_alone(leases, others));
            let (seen, began) = (done(), Instant::now());
            while done() < seen + 5 && began.elapsed() < LIMIT {
                other.process.line(BREATH);
            }
            frozen.thaw();
            enough.store(true, Ordering::Relaxed);
            for load in loads {
                load.join().expect("the load").expect("every command is acknowledged in the end");
            }
            assert!(done() >= seen + 5, "the other did no work of its own");
            compared(&before, &during, &pair.leases(), others)
        })
    }
}

/// Each lease that changed hands did so by one epoch, and what was taken over stayed so. Says which these are.
fn compared(before: &Leases, during: &Leases, after: &Leases, others: impl Fn(&str) -> bool) -> String {
    let mut told = Vec::new();
    for (key, taken) in during.iter().filter(|(_, held)| others(&held.owner)) {
        let (service, name) = key;
        if let Some(lost) = before.get(key).filter(|lost| lost.owner != taken.owner) {
            assert_eq!(taken.epoch, lost.epoch + 1, "{service} {name} changed hands by one epoch");
            told.push(format!("{service} {name} {} -> {}", lost.epoch, taken.epoch));
        }
        let now = &after[key];
        assert!(now == taken || now.epoch > taken.epoch, "{service} {name}: {taken:?} was overtaken by {now:?}");
        if name == "numbering" || name == "sweep" {
            assert_eq!(now, taken, "{service} {name} is renewed by who took it over");
        }
    }
    assert!(told.len() >= 2, "hardly anything changed hands: {told:?}");
    told.join(", ")
}
