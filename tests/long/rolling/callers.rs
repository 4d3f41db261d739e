//! Who calls meanwhile: each call once, at a replica that is listed.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use linkage::ServiceName;
use serde_json::{Value, json};
use tonic::Code;

use super::names::Names;
use crate::caller::{Caller, OPERATOR, Write};
use crate::load::Rights;
use crate::pair::{BREATH, Pair};
use crate::program::LIMIT;
use crate::signals::Serving;

/// How many callers there are at once.
const CALLERS: usize = 3;

/// Which replicas callers are sent to, and what they have seen of it.
pub(super) struct EndPoints {
    /// By service and replica.
    ready: [[AtomicBool; 2]; 4],
    /// Whether the database was away, so that calls may fail.
    away: AtomicBool,
    ended: AtomicBool,
    callers: [Seen; CALLERS],
}

/// How often a caller has looked at the list, and rounds of its calls that began at each replica.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) looked: AtomicUsize,
    pub(super) answered: [AtomicUsize; 2],
}

/// Somebody who speaks to both replicas.
struct Both {
    callers: [Caller; 2],
    rights: Rights,
    /// Whether they ask what relationship asks enrollment for while they wait.
    fresh: bool,
}

/// What somebody counted.
pub(super) struct Counted {
    pub(super) user: String,
    pub(super) changes: usize,
    pub(super) reads: usize,
    pub(super) failed: Vec<Failed>,
    /// What was not acknowledged yet.
    pub(super) open: Option<Write>,
}

/// A call that did not succeed.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) code: Code,
    /// Whether the database was away when it began, or when it ended.
    pub(super) away: bool,
    /// What was called, and what it answered.
    #[expect(dead_code, reason = "shown by a test that fails")]
    told: String,
}

/// The callers go on for as long as this is kept: a check that fails meanwhile ends them too.
struct Loading<'a>(&'a EndPoints);

/// What callers counted who called while this was done.
pub(super) fn under_load(pair: &Pair, names: &Names, fresh: bool, work: impl FnOnce(&EndPoints)) -> Vec<Counted> {
    let points = EndPoints::new();
    let everybody: Vec<_> = (0..CALLERS).map(|number| Both::new(pair, names, number, fresh)).collect();
    thread::scope(|scope| {
        let points = &points;
        let start = |(both, seen)| scope.spawn(move || Both::call(both, points, seen));
        let threads: Vec<_> = everybody.into_iter().zip(&points.callers).map(start).collect();
        let loading = Loading(points);
        work(points);
        drop(loading);
        threads.into_iter().map(|thread| thread.join().expect("a caller")).collect()
    })
}

impl Drop for Loading<'_> {
    fn drop(&mut self) {
        self.0.ended.store(true, Ordering::SeqCst);
    }
}

impl Both {
    fn new(pair: &Pair, names: &Names, number: usize, fresh: bool) -> Both {
        let at = |replica| ServiceName::ALL.into_iter().map(|one| (one, names.address(one, replica))).collect();
        let mut callers = [0, 1].map(|replica| pair.caller_at(&at(replica)));
        let rights = Rights::found(&mut callers[0], &format!("rolling{number}"));
        callers.iter_mut().for_each(|caller| caller.insists = Duration::ZERO);
        Both { callers, rights, fresh }
    }

    /// One command, a read of every service, and order checks, one of which relationship asks enrollment for; each once, again and again.
    fn call(mut self, points: &EndPoints, seen: &Seen) -> Counted {
        let user = self.rights.user.clone();
        let mut counted = Counted { user, changes: 0, reads: 0, failed: Vec::new(), open: None };
        for turn in 0.. {
            seen.looked.fetch_add(1, Ordering::SeqCst);
            if points.ended.load(Ordering::SeqCst) {
                break;
            }
            // Who knows of no outcome asks again.
            let change = counted.open.take().unwrap_or_else(|| self.rights.change());
            let call = (change.who.as_str(), change.rpc.as_str(), &change.request);
            match self.at(points, turn, ServiceName::Enrollment, call) {
                Ok(()) => counted.changes += 1,
                Err(failed) => {
                    counted.failed.push(failed);
                    counted.open = Some(change);
                }
            }
            for (home, rpc, request) in reads(self.rights.organization(), self.fresh) {
                counted.reads += 1;
                counted.failed.extend(self.at(points, turn, home, (OPERATOR, rpc, &request)).err());
            }
            seen.answered[turn % 2].fetch_add(1, Ordering::SeqCst);
        }
        counted
    }

    /// Calls the replica whose turn it is, or the other one when that is not listed.
    fn at(
        &mut self,
        points: &EndPoints,
        turn: usize,
        home: ServiceName,
        (who, rpc, request): (&str, &str, &Value),
    ) -> Result<(), Failed> {
        let token = self.callers[points.listed(ServiceName::Enrollment, turn)].token(who);
        let was_away = points.away.load(Ordering::SeqCst);
        let answer = self.callers[points.listed(home, turn)].bearing(Some(&token), home, rpc, request);
        match answer.code {
            Code::Ok => Ok(()),
            code => Err(Failed {
                code,
                away: was_away || points.away.load(Ordering::SeqCst),
                told: format!("{home} {rpc}: {} {}", answer.reason, answer.message),
            }),
        }
    }
}

fn reads(party: &str, fresh: bool) -> Vec<(ServiceName, &'static str, Value)> {
    let page = json!({ "page_size": 1 });
    let check = |fresh: bool| {
        let request = json!({
            "provider": party, "partner_of_record": party, "customer": party, "action": "ORDER_ACTION_PLACE_ORDER", "fresh": fresh,
        });
        (ServiceName::Relationship, "relationship.OrderEligibilityService/CheckOrderEligibility", request)
    };
    let list = |service| (service, "event.EventService/ListEvents", page.clone());
    ServiceName::ALL.map(list).into_iter().chain([check(false)]).chain(fresh.then(|| check(true))).collect()
}

impl EndPoints {
    fn new() -> EndPoints {
        let ready = std::array::from_fn(|_| [true, true].map(AtomicBool::new));
        EndPoints {
            ready,
            away: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            callers: std::array::from_fn(|_| Seen::default()),
        }
    }

    /// Puts a replica on the list or takes it from there.
    pub(super) fn set(&self, service: ServiceName, replica: usize, ready: bool) {
        self.ready[service as usize][replica].store(ready, Ordering::SeqCst);
    }

    /// Whether calls may fail, as the database is away.
    pub(super) fn set_away(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
    }

    fn listed(&self, service: ServiceName, turn: usize) -> usize {
        let mut in_turn = [turn % 2, (turn + 1) % 2].into_iter();
        let ready = in_turn.find(|replica| self.ready[service as usize][*replica].load(Ordering::SeqCst));
        ready.expect("one of the two is ready")
    }

    /// Waits until each caller has counted so many more, in breaths of a process that serves.
    pub(super) fn until_more(&self, of: impl Fn(&Seen) -> &AtomicUsize, more: usize, serving: &mut Serving) {
        let count = || self.callers.each_ref().map(|seen| of(seen).load(Ordering::SeqCst));
        let (began, before) = (Instant::now(), count());
        while count().into_iter().zip(before).any(|(now, before)| now < before + more) {
            assert!(began.elapsed() < LIMIT, "the callers do not go on");
            serving.process.line(BREATH);
        }
    }
}
