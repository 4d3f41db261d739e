//! The journal watched: in order, each entry once, to whom it concerns, for as long as they may read it.

use std::time::Duration;

use database::access::{self, Access};
use database::{Error, Step, Tx};
use ids::OrganizationId;
use runtime::{Limits, Options, Service, start};
use testkit::on_every_database;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status, Streaming};
use tonic_types::StatusExt;
use uuid::Uuid;
use wire::event::event_service_client::EventServiceClient;
use wire::event::watch_events_response::Answer;
use wire::event::{WatchEventsRequest, WatchEventsResponse};

use crate::pair::{Pair, Source, channel, listener, party, reason};

/// Longer than anything takes on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

/// Who watches.
#[derive(Clone, Copy)]
pub(crate) struct Who(pub(crate) OrganizationId, pub(crate) bool);

fn stranger() -> OrganizationId {
    ids::Id::from_uuid(Uuid::from_u128(43))
}

pub(crate) async fn watch(
    pair: &Pair,
    at: Channel,
    who: Who,
    subject: &str,
    token: &str,
) -> Result<Streaming<WatchEventsResponse>, Status> {
    let request = WatchEventsRequest { subject: subject.to_owned(), resume_token: token.to_owned() };
    let answer = EventServiceClient::new(at).watch_events(pair.request(request, who.0, who.1)).await;
    answer.map(tonic::Response::into_inner)
}

/// A watcher, and what it was told.
struct Watcher {
    stream: Streaming<WatchEventsResponse>,
    /// Sequence and token of each entry.
    told: Vec<(i64, String)>,
    /// The token of the last answer.
    last: String,
}

impl Watcher {
    async fn open(pair: &Pair, who: Who, subject: &str, token: &str) -> Result<Watcher, Status> {
        let stream = watch(pair, channel(pair.source.address()), who, subject, token).await?;
        Ok(Watcher { stream, told: Vec::new(), last: String::new() })
    }

    /// Reads until it was told so many entries, or, with none, how far the journal is.
    async fn until(&mut self, entries: usize) -> Vec<i64> {
        loop {
            let answer = self.next().await.expect("it goes on").expect("an answer");
            let marked = matches!(answer.answer, Some(Answer::Progress(_)));
            if self.told.len() >= entries && (marked || entries > 0) {
                return self.told.iter().map(|(sequence, _)| *sequence).collect();
            }
        }
    }

    async fn next(&mut self) -> Result<Option<WatchEventsResponse>, Status> {
        let answer = tokio::time::timeout(LIMIT, self.stream.message()).await.expect("in time")?;
        if let Some(answer) = &answer {
            self.last.clone_from(&answer.resume_token);
            if let Some(Answer::Event(event)) = &answer.answer {
                self.told.push((event.sequence, answer.resume_token.clone()));
            }
        }
        Ok(answer)
    }

    /// How it ends.
    async fn end(&mut self) -> Status {
        loop {
            match self.next().await {
                Ok(Some(_)) => {}
                Ok(None) => panic!("it ended without saying why"),
                Err(status) => return status,
            }
        }
    }
}

fn resume_token(status: &Status) -> String {
    status.get_details_error_info().and_then(|mut info| info.metadata.remove("resume_token")).expect("a token")
}

async fn happen(pair: &Pair, subjects: &[&str]) {
    for subject in subjects {
        pair.happen(subject, "text").await;
    }
    assert_eq!(pair.source.number_once().await.unwrap(), subjects.len());
}

#[tokio::test]
async fn r66_entries_are_watched_in_order_each_once_by_who_is_party_to_them() {
    on_every_database(async |database| {
        let pair = Pair::start(database).await;
        let (member, operator, stranger) = (Who(party(), false), Who(stranger(), true), Who(stranger(), false));
        happen(&pair, &["a", "b", "a"]).await;
        let mut all = Watcher::open(&pair, member, "", "").await.unwrap();
        let mut every = Watcher::open(&pair, operator, "", "").await.unwrap();
        let mut some = Watcher::open(&pair, member, "b", "").await.unwrap();
        let mut none = Watcher::open(&pair, stranger, "", "").await.unwrap();
        let mut later = Watcher::open(&pair, member, "", "now").await.unwrap();
        assert_eq!(later.until(0).await, [] as [i64; 0]);
        assert_eq!(none.until(0).await, [] as [i64; 0]);
        happen(&pair, &["b", "c"]).await;
        assert_eq!(all.until(5).await, [1, 2, 3, 4, 5]);
        assert_eq!(every.until(5).await, [1, 2, 3, 4, 5]);
        assert_eq!(some.until(2).await, [2, 4]);
        assert_eq!(later.until(2).await, [4, 5]);
        let mut resumed = Watcher::open(&pair, member, "", &all.told[1].1).await.unwrap();
        assert_eq!(resumed.until(3).await, [3, 4, 5]);
        // Of all its places only the last was told; it goes on from there.
        let mut resumed = Watcher::open(&pair, stranger, "", &none.last).await.unwrap();
        happen(&pair, &["d"]).await;
        assert_eq!(resumed.until(0).await, [] as [i64; 0]);
        for (who, subject, token) in
            [(member, "b", all.last.as_str()), (member, "", "nonsense"), (member, "", &all.last[1..])]
        {
            let status = Watcher::open(&pair, who, subject, token).await.err().expect("refused");
            assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, "RESUME_TOKEN_INVALID"));
        }
    })
    .await;
}

#[tokio::test]
async fn r66_a_watch_ends_with_the_rights_it_began_with() {
    on_every_database(async |database| {
        let pair = Pair::start(database).await;
        happen(&pair, &["a"]).await;
        let mut watcher = Watcher::open(&pair, Who(party(), false), "", "").await.unwrap();
        watcher.until(1).await;
        let access = Access {
            holder: Uuid::from_u128(1),
            organization: party().uuid(),
            roles: Vec::new(),
            lowest_version: 2,
            disabled: false,
            received_at: runtime::clock::system_time(),
        };
        let recorded = pair.source.app().database().transact(async |tx: Tx| {
            access::record(&tx, access.clone()).await?;
            Ok::<_, Error>(Step::Commit(()))
        });
        recorded.await.unwrap();
        pair.source.refresh_access().await.unwrap();
        happen(&pair, &["a"]).await;
        let status = watcher.end().await;
        assert_eq!((status.code(), reason(&status).as_str()), (Code::Unauthenticated, "CREDENTIAL_INVALID"));
        assert_eq!(watcher.told.len(), 1, "nothing is told afterwards");
    })
    .await;
}

#[tokio::test]
async fn r66_a_watch_ends_with_its_service_and_goes_on_at_the_next() {
    on_every_database(async |database| {
        let mut pair = Pair::start(database).await;
        let member = Who(party(), false);
        happen(&pair, &["a", "b"]).await;
        let mut watcher = Watcher::open(&pair, member, "", "").await.unwrap();
        let mut fresh = Watcher::open(&pair, member, "", "now").await.unwrap();
        watcher.until(2).await;
        fresh.until(0).await;
        let options = pair.place.options(Source::NAME, listener());
        let first = std::mem::replace(&mut pair.source, {
            // SQLite serves one process at a time: the second starts on an empty database, and is replaced below.
            let elsewhere = testkit::sqlite();
            let options =
                Options { database: elsewhere.settings.clone(), ..pair.place.options(Source::NAME, listener()) };
            start(Source, options).await.unwrap()
        });
        tokio::time::timeout(LIMIT, first.stop()).await.expect("it stops though they watch");
        for watcher in [&mut watcher, &mut fresh] {
            let status = watcher.end().await;
            assert_eq!((status.code(), reason(&status).as_str()), (Code::Unavailable, "DEPENDENCY_DOWN"));
            assert_eq!(resume_token(&status), watcher.last);
        }
        pair.source = start(Source, options).await.unwrap();
        happen(&pair, &["c"]).await;
        for token in [&watcher.last, &fresh.last] {
            assert_eq!(Watcher::open(&pair, member, "", token).await.unwrap().until(1).await, [3]);
        }
    })
    .await;
}

/// More than waits for a reader anywhere on the way.
const MANY: usize = 600;
/// So many of one organization watch at once.
const PLACES: usize = 8;

#[tokio::test]
async fn who_leaves_answers_unread_is_let_go_and_goes_on_where_it_was() {
    let mut pair = Pair::start(testkit::sqlite()).await;
    let limits = Limits { patience: Duration::from_millis(50), ..Limits::default() };
    let impatient = testkit::sqlite();
    let options =
        Options { database: impatient.settings.clone(), limits, ..pair.place.options(Source::NAME, listener()) };
    pair.source = start(Source, options).await.unwrap();
    let subjects: Vec<_> = (0..MANY).map(|number| number.to_string()).collect();
    pair.happen_at_once(&subjects.iter().map(String::as_str).collect::<Vec<_>>(), "text").await;
    assert_eq!(pair.source.number_once().await.unwrap(), MANY);
    let member = Who(party(), false);
    let narrow = Endpoint::try_from(format!("http://{}", pair.source.address())).unwrap();
    let narrow = narrow.initial_stream_window_size(1_024).connect_lazy();
    let stream = watch(&pair, narrow, member, "", "").await.unwrap();
    let mut slow = Watcher { stream, told: Vec::new(), last: String::new() };
    // It is let go while it does not read: all places of its organization are taken by others before it reads on.
    let mut others = Vec::new();
    let taken = async {
        while others.len() < PLACES {
            others.extend(Watcher::open(&pair, member, "", "now").await.ok());
        }
    };
    tokio::time::timeout(LIMIT, taken).await.expect("its place is free though it reads nothing");
    let crowded = Watcher::open(&pair, member, "", "now").await.err().expect("no more have room");
    assert_eq!((crowded.code(), reason(&crowded).as_str()), (Code::ResourceExhausted, "RATE_LIMITED"));
    Watcher::open(&pair, Who(stranger(), false), "", "now").await.expect("others have room");
    Watcher::open(&pair, Who(party(), true), "", "now").await.expect("the operator has a room of its own");
    let status = slow.end().await;
    assert_eq!((status.code(), reason(&status).as_str()), (Code::ResourceExhausted, "WATCHER_TOO_SLOW"));
    assert!(slow.told.len() < MANY, "it was not told all");
    assert_eq!(resume_token(&status), slow.last);
    others.clear();
    let rest = MANY - slow.told.len();
    let mut resumed = loop {
        // Places become free a moment after their watchers went.
        if let Ok(resumed) = Watcher::open(&pair, member, "", &slow.last).await {
            break resumed;
        }
    };
    resumed.until(rest).await;
    let sequences: Vec<_> = slow.told.iter().chain(&resumed.told).map(|(sequence, _)| *sequence).collect();
    assert!(sequences.iter().copied().eq(1..=i64::try_from(MANY).unwrap()), "no gap, no repeat");
}
