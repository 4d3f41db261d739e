//! What a change keeps: its answer and its events together and once, or nothing.

use std::sync::atomic::{AtomicUsize, Ordering};

use database::journal::{self, Entry, ListFilter};
use prost::Message;
use runtime::{Caller, Fault, Identity, Inbox, Outcome, Running, Service, ServiceName};
use testkit::on_every_database;
use tonic::{Code, Status};
use tonic_types::StatusExt;
use wire::enrollment::SubmitEnrollmentRequest;
use wire::notification::SendMessageRequest;
use wire::types::Origin;

use crate::pair::{Happened, Pair, party};

const METHOD: &str = "/linkage.enrollment.v1.EnrollmentService/SubmitEnrollment";
const REQUEST_ID: &str = "0199aaaa-0000-7000-8000-00000000000a";

type Decided = Result<Outcome<String, Happened>, Fault>;

fn event() -> Happened {
    Happened { subject: "a".to_owned(), text: "text".to_owned(), party: party() }
}

fn done(answer: &str) -> Decided {
    Ok(Outcome::Done(answer.to_owned(), vec![event()]))
}

fn refused() -> Decided {
    Ok(Outcome::Refused(Fault::state_forbids("DRAFT", &[]), vec![event()]))
}

fn anybody(method: &str) -> Caller {
    Caller::new(Identity::Anonymous, method)
}

fn submit(request_id: &str) -> SubmitEnrollmentRequest {
    SubmitEnrollmentRequest { request_id: request_id.to_owned(), ..Default::default() }
}

/// A change that decides so; its answer, or the reason of its refusal.
async fn change(
    pair: &Pair,
    caller: &Caller,
    request: &SubmitEnrollmentRequest,
    decided: impl Fn() -> Decided,
) -> Result<String, &'static str> {
    let answer = pair.source.app().change(caller, request, |_| std::future::ready(decided())).await;
    answer.map_err(|fault| fault.reason())
}

/// What is in the journal and in the outbox of the source.
async fn kept(pair: &Pair) -> (usize, usize) {
    (journal(&pair.source).await.len(), pair.source.outbox_rows().await.unwrap().len())
}

async fn journal<S: Service>(running: &Running<S>) -> Vec<Entry> {
    running.number_once().await.unwrap();
    let filter = ListFilter { limit: 100, ..Default::default() };
    journal::list(running.app().database().reader(), &filter).await.unwrap()
}

#[tokio::test]
async fn a_repetition_gets_the_first_answer_and_changes_nothing() {
    on_every_database(async |database| {
        let pair = Pair::start(database).await;
        let caller = anybody(METHOD);
        let replayed = |caller: &Caller| !runtime::reply(caller, Ok(())).unwrap().metadata().is_empty();
        assert_eq!(change(&pair, &caller, &submit(REQUEST_ID), || done("first")).await.as_deref(), Ok("first"));
        assert!(!replayed(&caller));
        for id in [REQUEST_ID.to_owned(), REQUEST_ID.to_uppercase()] {
            let caller = anybody(METHOD);
            assert_eq!(change(&pair, &caller, &submit(&id), || done("again")).await.as_deref(), Ok("first"));
            assert!(replayed(&caller));
        }
        assert_eq!(kept(&pair).await, (1, 1));
        let other = SubmitEnrollmentRequest { name: "another".to_owned(), ..submit(REQUEST_ID) };
        assert_eq!(change(&pair, &caller, &other, || done("other")).await, Err("REQUEST_ID_REUSED"));
        assert_eq!(kept(&pair).await, (1, 1));

        let somebody = Caller::new(Identity::Service(ServiceName::Relationship), METHOD);
        for caller in [somebody, anybody("/linkage.enrollment.v1.EnrollmentService/WithdrawEnrollment")] {
            assert_eq!(change(&pair, &caller, &submit(REQUEST_ID), || done("own")).await.as_deref(), Ok("own"));
        }
        for answer in ["one", "two"] {
            let own = change(&pair, &caller, &submit(""), || done(answer)).await;
            assert_eq!(own.as_deref(), Ok(answer), "without an id there is nothing to repeat");
        }
        assert_eq!(kept(&pair).await, (5, 5));
    })
    .await;
}

#[tokio::test]
async fn what_is_only_tried_leaves_nothing_behind() {
    on_every_database(async |database| {
        let pair = Pair::start(database).await;
        let tried = SubmitEnrollmentRequest { validate_only: true, ..submit(REQUEST_ID) };
        let caller = anybody(METHOD);
        assert_eq!(change(&pair, &caller, &tried, || done("would do")).await.as_deref(), Ok("would do"));
        assert_eq!(change(&pair, &caller, &tried, refused).await, Err("STATE_FORBIDS"));
        assert_eq!(kept(&pair).await, (0, 0));
        assert_eq!(change(&pair, &caller, &submit(REQUEST_ID), || done("does")).await.as_deref(), Ok("does"));
        assert_eq!(change(&pair, &caller, &tried, refused).await, Err("STATE_FORBIDS"), "no repetition");
        assert_eq!(kept(&pair).await, (1, 1));
    })
    .await;
}

#[tokio::test]
async fn a_refusal_keeps_its_events_and_is_not_remembered_and_a_failure_keeps_nothing() {
    on_every_database(async |database| {
        let pair = Pair::start(database).await;
        let caller = anybody(METHOD);
        assert_eq!(
            change(&pair, &caller, &submit(REQUEST_ID), || Err(Fault::missing())).await,
            Err("RESOURCE_MISSING")
        );
        assert_eq!(kept(&pair).await, (0, 0));
        for tries in 1..=2 {
            assert_eq!(change(&pair, &caller, &submit(REQUEST_ID), refused).await, Err("STATE_FORBIDS"));
            assert_eq!(kept(&pair).await, (tries, tries));
        }
        assert_eq!(change(&pair, &caller, &submit(REQUEST_ID), || done("at last")).await.as_deref(), Ok("at last"));
        assert_eq!(kept(&pair).await, (3, 3));
    })
    .await;
}

/// On PostgreSQL alone: SQLite lets no twin in while a change is under way.
#[tokio::test]
async fn what_fails_because_its_twin_was_first_gets_the_twins_answer() {
    let Some(database) = testkit::postgres().await else { return };
    let pair = &Pair::start(database).await;
    let (caller, request) = (&anybody(METHOD), &submit(REQUEST_ID));
    let answer: Result<String, Fault> = pair
        .source
        .app()
        .change(caller, request, |_| async move {
            change(pair, &anybody(METHOD), request, || done("the twin's")).await.unwrap();
            Err::<Outcome<String, Happened>, _>(Fault::missing())
        })
        .await;
    assert_eq!(answer.unwrap(), "the twin's");
    assert!(!runtime::reply(caller, Ok(())).unwrap().metadata().is_empty(), "it is told as a repetition");
    assert_eq!(kept(pair).await, (1, 1));
}

#[tokio::test]
async fn a_change_is_one_instant_and_each_of_its_ids_and_nonces_is_new() {
    on_every_database(async |database| {
        let pair = Pair::start(database).await;
        let before = pair.source.app().now();
        pair.source
            .app()
            .sweep(|change| async move {
                assert!(change.now() >= before && change.now() == change.now());
                let ids: [ids::EventId; 2] = [change.id(), change.id()];
                assert_ne!(ids[0], ids[1]);
                let nonces = [change.nonce(), change.nonce()];
                assert!(nonces[0] != nonces[1] && nonces.iter().all(|nonce| nonce.len() >= 16), "{nonces:?}");
                Ok(vec![event()])
            })
            .await
            .unwrap();
        assert_eq!(kept(&pair).await, (1, 1));
    })
    .await;
}

#[tokio::test]
async fn each_message_says_what_it_comes_of() {
    on_every_database(async |database| {
        let pair = Pair::start(database).await;
        change(&pair, &anybody(METHOD), &submit(REQUEST_ID), || done("answer")).await.unwrap();
        let entry = journal(&pair.source).await.remove(0);
        let row = pair.source.outbox_rows().await.unwrap().remove(0);
        let origin = SendMessageRequest::decode(&*row.payload).unwrap().origin.unwrap();
        let whole = Origin {
            source: "enrollment".to_owned(),
            epoch: 1,
            event_id: ids::EventId::from_uuid(entry.event.id).to_string(),
            subject: "a".to_owned(),
            version: 1,
            occur_time: Some(runtime::convert::timestamp(entry.event.time)),
            request_id: REQUEST_ID.to_owned(),
            trace_parent: String::new(),
        };
        assert_eq!(origin, whole);
    })
    .await;
}

/// What enrollment tells of the version of a subject.
fn told(version: i64) -> SendMessageRequest {
    let origin = Origin {
        source: "enrollment".to_owned(),
        epoch: 1,
        event_id: ids::EventId::from_uuid(uuid::Uuid::from_u128(9)).to_string(),
        subject: "a".to_owned(),
        version,
        occur_time: Some(prost_types::Timestamp::default()),
        request_id: String::new(),
        trace_parent: String::new(),
    };
    SendMessageRequest { origin: Some(origin), ..Default::default() }
}

fn with(change: fn(&mut Origin)) -> SendMessageRequest {
    let mut request = told(1);
    change(request.origin.as_mut().unwrap());
    request
}

/// Whether the closure ran, and what came of the call.
async fn receive(
    pair: &Pair,
    request: &SendMessageRequest,
    inbox: Inbox,
    decided: fn() -> Decided,
) -> (usize, Result<String, Status>) {
    let caller = Caller::new(Identity::Service(ServiceName::Enrollment), "/x.Y/Z");
    let ran = &AtomicUsize::new(0);
    let work = |_| async move {
        ran.fetch_add(1, Ordering::Relaxed);
        decided()
    };
    let answer = pair.sink.app().receive(&caller, request, inbox, work).await;
    (ran.load(Ordering::Relaxed), answer.map_err(Fault::into_status))
}

#[tokio::test]
async fn a_siblings_message_has_a_whole_origin_of_its_own() {
    let pair = Pair::start(testkit::sqlite()).await;
    let wrong = [
        (SendMessageRequest::default(), "origin"),
        (with(|origin| origin.source = "relationship".to_owned()), "origin.source"),
        (with(|origin| origin.event_id = "x".to_owned()), "origin.event_id"),
        (with(|origin| origin.subject = String::new()), "origin.subject"),
        (with(|origin| origin.subject = "a".repeat(201)), "origin.subject"),
        (with(|origin| origin.epoch = 0), "origin"),
        (with(|origin| origin.version = 0), "origin"),
        (with(|origin| (origin.epoch, origin.version) = (-1, 9)), "origin"),
        (with(|origin| (origin.epoch, origin.version) = (9, -1)), "origin"),
        (with(|origin| origin.occur_time = None), "origin.occur_time"),
        (with(|origin| origin.request_id = "a".repeat(37)), "origin.request_id"),
        (with(|origin| origin.trace_parent = "a".repeat(65)), "origin.trace_parent"),
    ];
    for (request, field) in wrong {
        let (ran, answer) = receive(&pair, &request, Inbox::Each, || done("never")).await;
        let status = answer.unwrap_err();
        let fields: Vec<_> =
            status.get_details_bad_request().unwrap().field_violations.into_iter().map(|found| found.field).collect();
        assert_eq!((ran, status.code(), fields), (0, Code::InvalidArgument, vec![field.to_owned()]), "{request:?}");
    }
    for (epoch, version) in [(1, 1), (1, 2), (2, 1)] {
        let mut request = told(version);
        request.origin.as_mut().unwrap().epoch = epoch;
        assert_eq!(receive(&pair, &request, Inbox::Newest, || done("taken")).await.1.unwrap(), "taken");
    }
}

#[tokio::test]
async fn a_message_with_state_counts_once_and_each_other_as_often_as_it_comes() {
    on_every_database(async |database| {
        let pair = Pair::start(database).await;
        let outcome = async |version, inbox, decided| {
            let (ran, answer) = receive(&pair, &told(version), inbox, decided).await;
            (ran, answer.map_err(|status| status.code()))
        };
        let forbidden = (1, Err(Code::FailedPrecondition));
        assert_eq!(outcome(2, Inbox::Newest, refused).await, forbidden);
        assert_eq!(
            outcome(2, Inbox::Newest, || done("new")).await,
            (1, Ok("new".to_owned())),
            "a refusal is not remembered"
        );
        for old in [2, 1] {
            assert_eq!(outcome(old, Inbox::Newest, || done("old")).await, (0, Ok(String::new())));
            assert_eq!(outcome(old, Inbox::Each, || done("each")).await, (1, Ok("each".to_owned())));
        }
        assert_eq!(journal(&pair.sink).await.len(), 3, "a refused message leaves no trace");
    })
    .await;
}

#[tokio::test]
async fn what_a_message_causes_is_written_down_with_where_it_came_from() {
    let pair = Pair::start(testkit::sqlite()).await;
    let traced = with(|origin| {
        origin.version = 2;
        (origin.request_id, origin.trace_parent) = (REQUEST_ID.to_owned(), "a trace".to_owned());
    });
    for request in [told(1), traced] {
        receive(&pair, &request, Inbox::Newest, || done("taken")).await.1.unwrap();
    }
    let entries = journal(&pair.sink).await;
    let known: Vec<_> =
        entries.iter().map(|entry| (entry.event.request_id.as_deref(), entry.event.trace.as_deref())).collect();
    assert_eq!(known, [(None, None), (Some(REQUEST_ID), Some("a trace"))]);
    let cause = format!("events/{}", ids::EventId::from_uuid(uuid::Uuid::from_u128(9)));
    for entry in entries {
        assert_eq!(
            (entry.event.cause.as_deref(), entry.event.actor.as_str()),
            (Some(cause.as_str()), "services/enrollment")
        );
    }
}
