//! F4: the database server is killed under load and started again on what it had written to disk.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use linkage::ServiceName;
use tonic::Code;

use super::hold;
use crate::caller::{Caller, Write};
use crate::four::Four;
use crate::load::{Rights, once, sure};

/// How many callers there are at once.
const CALLERS: usize = 4;
/// So many commands are acknowledged before the server is killed, and again before the next time.
const COMMANDS: usize = 15;
/// A caller knows within this time that the database is away: the wait for a connection, and a busy machine.
const BOUND: Duration = Duration::from_secs(9);
/// How long until a command is done again once the server is back.
const HEALS: Duration = Duration::from_secs(30);

/// Sends commands until it is told to stop; those of unknown outcome.
fn load(caller: &mut Caller, rights: &mut Rights, stop: &AtomicBool, done: &AtomicUsize) -> Vec<Write> {
    let mut unknown = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let write = rights.change();
        match once(caller, &write) {
            Some(_) => drop(done.fetch_add(1, Ordering::Relaxed)),
            None => unknown.push(write),
        }
    }
    unknown
}

/// The callers go on for as long as this is kept: a check that fails meanwhile ends them too, instead of waiting for them for ever.
struct Loading<'a>(&'a AtomicBool);

impl Drop for Loading<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Calls while there is no server: refused in bounded time, and for a reason that tells to try again.
fn away(caller: &mut Caller, rights: &mut Rights) -> Write {
    let (write, began) = (rights.change(), Instant::now());
    let refused = caller.again(&write).expect_err("there is no database");
    assert!(began.elapsed() < BOUND, "refused after {:?}", began.elapsed());
    let told = (refused.answer.code, refused.answer.reason.as_str());
    assert_eq!(told, (Code::Unavailable, "DEPENDENCY_DOWN"), "{}", refused.answer.message);
    write
}

#[expect(clippy::print_stdout, reason = "a run tells what it has counted")]
fn crashed(rounds: usize) {
    let Some(mut cluster) = testkit::durable() else { return };
    let urls: BTreeMap<_, _> =
        ServiceName::ALL.into_iter().map(|service| (service, cluster.create(service.as_str()))).collect();
    let four = Four::on(urls, Vec::new(), &[]);
    let mut caller = four.caller();
    let mut first = Rights::found(&mut caller, "crashed");
    let mut others: Vec<_> = (0..CALLERS)
        .map(|n| {
            let mut other = four.caller();
            other.writes = Arc::clone(&caller.writes);
            let rights = Rights::found(&mut other, &format!("crashed-{n}"));
            (other, rights)
        })
        .collect();
    let mut unknown = 0;
    for _ in 0..rounds {
        let (stop, done) = (AtomicBool::new(false), AtomicUsize::new(0));
        let acknowledged = |count: usize| {
            let began = Instant::now();
            while done.load(Ordering::Relaxed) < count {
                assert!(began.elapsed() < HEALS, "the pools do not heal");
                four.breathe();
            }
        };
        let open: Vec<Vec<Write>> = thread::scope(|scope| {
            let (stop, done) = (&stop, &done);
            let loads: Vec<_> = others
                .iter_mut()
                .map(|(caller, rights)| scope.spawn(move || load(caller, rights, stop, done)))
                .collect();
            let loading = Loading(stop);
            acknowledged(COMMANDS);
            cluster.kill();
            let write = away(&mut caller, &mut first);
            cluster.restart();
            // As many again, by the same callers, on the same processes.
            acknowledged(done.load(Ordering::Relaxed) + COMMANDS);
            drop(loading);
            sure(&mut caller, &write);
            loads.into_iter().map(|load| load.join().expect("a caller")).collect()
        });
        for ((caller, _), writes) in others.iter_mut().zip(open) {
            unknown += writes.len();
            writes.iter().for_each(|write| drop(sure(caller, write)));
        }
    }
    println!("F4: {unknown} unknown outcomes resolved by their request ids");
    assert!(unknown > 0, "no outcome was unknown");
    hold("F4 database server killed under load", rounds, &four, &mut caller);
}

#[test]
fn f04_killed_database_leaves_nothing_half_done_and_pools_heal() {
    crashed(1);
}

#[test]
#[ignore = "minutes: belongs to the long tests"]
fn f04_killed_database_leaves_nothing_half_done_and_pools_heal_10_times() {
    crashed(10);
}
