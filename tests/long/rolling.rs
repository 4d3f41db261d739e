//! F18: two replicas of every service on PostgreSQL, replaced in turn under load. No call fails, though nobody tries twice.
//!
//! Callers know the replicas as a cluster's end-points: one is taken from their list, and told to stop once everybody has looked.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use linkage::ServiceName;
use serde_json::json;
use tonic::Code;

use crate::caller::{Caller, OPERATOR};
use crate::load::Rights;
use crate::pair::{BREATH, Pair};
use crate::program::{BINARY, LIMIT};
use crate::signals::Serving;

/// How many callers there are at once.
const CALLERS: usize = 3;
/// So many rounds of calls of each caller reach a new replica before the other one is replaced.
const ENOUGH: usize = 5;
/// What was not delivered yet, or never will be.
const WAITING: &str = "SELECT count(*)::text FROM outbox";

#[test]
fn f18_replicas_are_replaced_in_turn_and_no_call_fails() {
    replaced(BINARY, &[BINARY]);
}

#[test]
#[ignore = "minutes: belongs to the long tests"]
fn f18_twenty_releases_fail_no_call() {
    replaced(BINARY, &[BINARY; 20]);
}

/// The release before runs on this one's schema and is replaced by it, is rolled back to, and replaced again. `tests/long/previous` builds it.
#[test]
#[ignore = "needs the binary of the release before: run tests/long/previous"]
fn f16_the_release_before_goes_on_with_this_schema_and_beside_this_release() {
    let previous = std::env::var_os("LINKAGE_PREVIOUS").and_then(|binary| binary.into_string().ok());
    let previous = previous.expect("LINKAGE_PREVIOUS is the binary: tests/long/previous builds it");
    replaced(&previous, &[BINARY, &previous, BINARY]);
}

/// Which replicas callers are sent to, and what they have seen of it.
struct EndPoints {
    ready: [AtomicBool; 2],
    ended: AtomicBool,
    callers: [Seen; CALLERS],
}

/// How often a caller has looked at the list, and rounds of its calls that each replica has answered.
#[derive(Default)]
struct Seen {
    looked: AtomicUsize,
    answered: [AtomicUsize; 2],
}

/// Somebody who speaks to both replicas.
struct Both {
    callers: [Caller; 2],
    rights: Rights,
}

/// What somebody counted.
struct Counted {
    user: String,
    changes: usize,
    failed: Vec<String>,
}

/// The callers go on for as long as this is kept: a check that fails meanwhile ends them too.
struct Loading<'a>(&'a EndPoints);

impl Drop for Loading<'_> {
    fn drop(&mut self) {
        self.0.ended.store(true, Ordering::SeqCst);
    }
}

impl Both {
    fn new(pair: &Pair, number: usize) -> Both {
        let mut callers = [pair.caller(false), pair.caller(true)];
        let rights = Rights::found(&mut callers[0], &format!("rolling{number}"));
        callers.iter_mut().for_each(|caller| caller.insists = Duration::ZERO);
        Both { callers, rights }
    }

    /// One command, and a read of every service, at a replica that is ready; each once, again and again.
    fn call(mut self, points: &EndPoints, seen: &Seen) -> Counted {
        let mut counted = Counted { user: self.rights.user.clone(), changes: 0, failed: Vec::new() };
        for turn in 0.. {
            seen.looked.fetch_add(1, Ordering::SeqCst);
            if points.ended.load(Ordering::SeqCst) {
                break;
            }
            let in_turn = [turn % 2, (turn + 1) % 2];
            let ready = in_turn.into_iter().find(|replica| points.ready[*replica].load(Ordering::SeqCst));
            let replica = ready.expect("one of the two is ready");
            let caller = &mut self.callers[replica];
            match caller.again(&self.rights.change()) {
                Ok(_) => counted.changes += 1,
                Err(refused) => counted.failed.push(format!("{:?} {}", refused.answer.code, refused.answer.message)),
            }
            for service in ServiceName::ALL {
                let request = json!({ "page_size": 1 });
                let answer = caller.call_at(service, OPERATOR, "event.EventService/ListEvents", &request);
                if answer.code != Code::Ok {
                    counted.failed.push(format!("{service}: {:?} {}", answer.code, answer.message));
                }
            }
            seen.answered[replica].fetch_add(1, Ordering::SeqCst);
        }
        counted
    }
}

impl EndPoints {
    fn new() -> EndPoints {
        let ready = [true, true].map(AtomicBool::new);
        EndPoints { ready, ended: AtomicBool::new(false), callers: std::array::from_fn(|_| Seen::default()) }
    }

    /// Waits until each caller has counted so many more, in breaths of a process that serves.
    fn until_more(&self, of: impl Fn(&Seen) -> &AtomicUsize, more: usize, serving: &mut Serving) {
        let count = || self.callers.each_ref().map(|seen| of(seen).load(Ordering::SeqCst));
        let (began, before) = (Instant::now(), count());
        while count().into_iter().zip(before).any(|(now, before)| now < before + more) {
            assert!(began.elapsed() < LIMIT, "the callers do not go on");
            serving.process.line(BREATH);
        }
    }

    /// Takes a replica from the list, stops it as a cluster does, starts its successor and lets callers come to it.
    fn replace(&self, replica: usize, (pair, binary): (&Pair, &str), serving: &mut [Serving; 2]) {
        let other = 1 - replica;
        self.ready[replica].store(false, Ordering::SeqCst);
        // Who has looked again has had its answers.
        self.until_more(|seen| &seen.looked, 1, &mut serving[other]);
        let ended = serving[replica].process.stop();
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        serving[replica] = pair.start_of(binary, replica == 1, &[]);
        self.ready[replica].store(true, Ordering::SeqCst);
        self.until_more(|seen| &seen.answered[replica], ENOUGH, &mut serving[other]);
    }
}

#[expect(clippy::print_stdout, reason = "a run tells what it has counted")]
fn replaced(first: &str, releases: &[&str]) {
    let Some(pair) = Pair::new() else { return };
    let mut serving = [pair.start_of(first, false, &[]), pair.start_of(first, true, &[])];
    let points = EndPoints::new();
    let everybody: Vec<_> = (0..CALLERS).map(|number| Both::new(&pair, number)).collect();
    let counted: Vec<Counted> = thread::scope(|scope| {
        let points = &points;
        let start = |(both, seen)| scope.spawn(move || Both::call(both, points, seen));
        let threads: Vec<_> = everybody.into_iter().zip(&points.callers).map(start).collect();
        let loading = Loading(points);
        for binary in releases {
            for replica in [0, 1] {
                points.replace(replica, (&pair, binary), &mut serving);
            }
        }
        drop(loading);
        threads.into_iter().map(|thread| thread.join().expect("a caller")).collect()
    });
    let failed: Vec<_> = counted.iter().flat_map(|counted| &counted.failed).collect();
    assert!(failed.is_empty(), "{} calls failed: {failed:#?}", failed.len());

    // What was acknowledged was done once, and every sibling was told.
    let began = Instant::now();
    let waiting = |service| pair.ask(service, WAITING) != ["0"];
    while ServiceName::ALL.into_iter().any(waiting) {
        assert!(began.elapsed() < LIMIT, "messages stay in an outbox");
        serving[0].process.line(BREATH);
    }
    for Counted { user, changes, .. } in &counted {
        let told = format!("SELECT count(*)::text FROM journal WHERE subject = '{user}'");
        // Its creation is an entry too.
        assert_eq!(pair.ask(ServiceName::Enrollment, &told), [(changes + 1).to_string()], "{user}");
    }
    pair.until_numbered(&mut serving[0].process);
    for serving in &mut serving {
        let ended = serving.process.stop();
        assert_eq!(ended.code, Some(0), "{}", ended.err);
    }
    pair.assert_chained();
    let changes: usize = counted.iter().map(|counted| counted.changes).sum();
    println!(
        "F18: {} processes replaced, {changes} commands and {} reads, none failed",
        releases.len() * 2,
        changes * 4
    );
}
