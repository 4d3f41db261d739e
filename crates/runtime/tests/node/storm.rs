//! The journal watched while many write: readers come and go, and what each was told is the journal, entry by entry.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use database::journal::{self, ListFilter, NewEntry};
use database::{Error, Step, Tx};
use futures::future::join_all;
use ids::OrganizationId;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use runtime::Running;
use testkit::{TestDatabase, on_every_database};
use uuid::Uuid;
use wire::event::watch_events_response::Answer;

use crate::pair::{Pair, Source, channel, party};
use crate::watch::{Who, watch};

const WRITERS: u64 = 20;
const READERS: u64 = 6;
/// The longest that a writer keeps its entries to itself.
const HELD: Duration = Duration::from_millis(20);
/// So many entries are written, however long that takes.
const LEAST: usize = 120;
/// A change is seen at other replicas only when they look.
const PATIENCE: Duration = Duration::from_secs(30);

fn other() -> OrganizationId {
    ids::Id::from_uuid(Uuid::from_u128(43))
}

/// What goes on.
struct Storm<'a> {
    pair: &'a Pair,
    /// Where the readers go.
    nodes: Vec<&'a Running<Source>>,
    until: Instant,
    writing: Cell<u64>,
    written: Cell<usize>,
    /// The end of the journal, once nobody writes any more.
    end: Cell<Option<i64>>,
    kills: Cell<usize>,
    told: RefCell<Vec<(Who, Vec<Uuid>)>>,
}

async fn storm(mut database: TestDatabase, seed: u64, lasts: Duration) {
    // Each writer holds a connection.
    database.settings.max_connections = 32;
    let several = database.name == "postgres";
    let pair = Pair::start(database).await;
    let replica = if several { Some(pair.place.replica().await) } else { None };
    let storm = Storm {
        pair: &pair,
        nodes: std::iter::once(&pair.source).chain(&replica).collect(),
        until: Instant::now() + lasts,
        writing: Cell::new(WRITERS),
        written: Cell::new(0),
        end: Cell::new(None),
        kills: Cell::new(0),
        told: RefCell::default(),
    };
    let writers = join_all((0..WRITERS).map(|number| storm.write(seed + number, number)));
    let readers = join_all((0..READERS).map(|number| storm.read(seed + 100 + number, number)));
    tokio::join!(writers, storm.number(), readers);
    storm.judge(seed).await;
}

impl Storm<'_> {
    /// Writes entries, a few to a transaction, and keeps each transaction open for a while. Its clock is never quite right.
    async fn write(&self, seed: u64, number: u64) {
        let mut random = StdRng::seed_from_u64(seed);
        let node = self.nodes[usize::try_from(number).expect("few") % self.nodes.len()];
        while Instant::now() < self.until || self.written.get() < LEAST {
            let entries: &Vec<_> = &(0..random.random_range(1..4)).map(|_| self.entry(&mut random, number)).collect();
            let held = random.random_range(Duration::ZERO..HELD);
            let keep = random.random_bool(0.9);
            let written = node.app().database().transact(async |tx: Tx| {
                journal::append(&tx, entries.clone()).await?;
                let _ = tokio::time::timeout(held, std::future::pending::<()>()).await;
                Ok::<_, Error>(if keep { Step::Commit(()) } else { Step::Rollback(()) })
            });
            written.await.expect("it is written");
            self.written.set(self.written.get() + if keep { entries.len() } else { 0 });
        }
        self.writing.set(self.writing.get() - 1);
    }

    fn entry(&self, random: &mut StdRng, number: u64) -> NewEntry {
        let parties = [vec![party()], vec![other()], vec![party(), other()]];
        NewEntry {
            id: Uuid::from_u128(random.random()),
            time: self.pair.source.app().now() + TimeDelta::milliseconds(random.random_range(-500..500)),
            actor: "sweep".to_owned(),
            on_behalf_of: None,
            request_id: None,
            trace: None,
            cause: None,
            subject: format!("writers/{number}"),
            kind: "Happened".to_owned(),
            from_state: None,
            to_state: None,
            reason: None,
            changed: Vec::new(),
            parties: parties[random.random_range(0..3)].iter().map(|party| party.name()).collect(),
        }
    }

    /// Numbers what was committed, at whichever node; says when nothing more will come.
    async fn number(&self) {
        loop {
            let last = self.writing.get() == 0;
            let mut numbered = 0;
            for node in &self.nodes {
                numbered += node.number_once().await.expect("it is numbered");
                tokio::task::yield_now().await;
            }
            if last && numbered == 0 {
                let end = journal::head(self.pair.source.app().database().reader()).await.expect("the end");
                return self.end.set(Some(end));
            }
        }
    }

    /// Watches, is killed after a few answers, and goes on elsewhere with the last token, until it was told all there is.
    async fn read(&self, seed: u64, number: u64) {
        let mut random = StdRng::seed_from_u64(seed);
        let who =
            [Who(party(), false), Who(other(), false), Who(other(), true)][usize::try_from(number).expect("few") % 3];
        let (mut token, mut told, began) = (String::new(), Vec::new(), Instant::now());
        loop {
            let node = self.nodes[random.random_range(0..self.nodes.len())];
            let mut stream = watch(self.pair, channel(node.address()), who, "", &token).await.expect("it begins");
            for _ in 0..random.random_range(1..60) {
                let answer = tokio::time::timeout(PATIENCE, stream.message()).await.expect("in time");
                let answer = answer.expect("no failure").expect("no end");
                token = answer.resume_token;
                match answer.answer.expect("something") {
                    Answer::Event(event) => {
                        told.push(ids::parse::<ids::kind::Event>(&event.name).expect("a name").uuid());
                    }
                    Answer::Progress(mark) if self.end.get().is_some_and(|end| mark.sequence >= end) => {
                        return self.told.borrow_mut().push((who, told));
                    }
                    Answer::Progress(_) => {}
                }
            }
            self.kills.set(self.kills.get() + 1);
            assert!(began.elapsed() < PATIENCE * 10, "{} entries told, and no end", told.len());
        }
    }

    #[expect(clippy::print_stdout, reason = "a run that failed is repeated by its seed")]
    async fn judge(&self, seed: u64) {
        let reader = self.pair.source.app().database().reader();
        let verdict = journal::verify(reader, &[], |_, _| {}).await.expect("it is walked");
        assert_eq!(verdict.findings, [], "seed {seed}");
        let told = self.told.take();
        assert_eq!(told.len() as u64, READERS);
        for (who, told) in &told {
            let party = (!who.1).then(|| who.0.name());
            let filter = ListFilter { party, limit: 10_000_000, ..Default::default() };
            let all = journal::list(reader, &filter).await.expect("the journal");
            let all: Vec<_> = all.into_iter().map(|entry| entry.event.id).collect();
            assert!(*told == all, "seed {seed}: {} of {} told, or in another order", told.len(), all.len());
        }
        let (end, kills) = (self.end.get().unwrap_or_default(), self.kills.get());
        assert_eq!(i64::try_from(self.written.get()).expect("few"), end, "seed {seed}");
        assert!(kills as u64 >= READERS, "seed {seed}: {kills} readers were killed");
        println!("seed {seed}: {end} entries, {kills} readers killed");
    }
}

#[tokio::test]
async fn r66_what_watchers_are_told_is_the_journal_while_twenty_write() {
    on_every_database(async |database| storm(database, 66, Duration::from_secs(1)).await).await;
}

#[tokio::test]
#[ignore = "minutes: belongs to the long tests"]
async fn r66_what_watchers_are_told_is_the_journal_for_a_minute() {
    let seed = runtime::clock::system_time().timestamp().unsigned_abs();
    on_every_database(async |database| storm(database, seed, Duration::from_secs(60)).await).await;
}
