//! What the operator does about messages that were parked: tried again, or given up.

use prost::Message;
use testkit::on_every_database;
use tonic::transport::Channel;
use tonic::{Code, Status};
use wire::event::event_service_client::EventServiceClient;
use wire::event::outbox_row::State;
use wire::event::outbox_service_client::OutboxServiceClient;
use wire::event::{
    DropOutboxRowRequest, DropOutboxRowResponse, Event, ListEventsRequest, ListOutboxRowsRequest, OutboxRow,
    RetryOutboxRowRequest,
};

use crate::pair::{Pair, channel, party, reason};

const REQUEST_ID: &str = "0199aaaa-0000-7000-8000-000000000001";

/// A pair of which the source has parked what it tells of `a`, and the time it took.
async fn parked(pair: &Pair, behind: &[&str]) -> OutboxRow {
    pair.refuse("poison");
    pair.happen("a", "poison").await;
    for text in behind {
        pair.happen("a", text).await;
    }
    park(pair, 0).await;
    assert!(pair.told("a").is_empty());
    rows(pair, State::Parked).await.remove(0)
}

/// Tries until nothing is tried any more.
async fn park(pair: &Pair, from: i64) {
    for attempt in 1..=16 {
        assert_eq!(pair.source.relay_once().await.unwrap(), 1, "attempt {attempt}");
        pair.set_offset(from + attempt * 601).await.unwrap();
    }
    assert_eq!(pair.source.relay_once().await.unwrap(), 0);
}

fn outbox(pair: &Pair) -> OutboxServiceClient<Channel> {
    OutboxServiceClient::new(channel(pair.source.address()))
}

async fn rows(pair: &Pair, state: State) -> Vec<OutboxRow> {
    let request = ListOutboxRowsRequest { state: state.into(), ..Default::default() };
    outbox(pair).list_outbox_rows(pair.request(request, party(), true)).await.unwrap().into_inner().rows
}

async fn retry(pair: &Pair, name: &str, request_id: &str) -> Result<OutboxRow, Status> {
    let request = RetryOutboxRowRequest { name: name.to_owned(), request_id: request_id.to_owned() };
    Ok(outbox(pair).retry_outbox_row(pair.request(request, party(), true)).await?.into_inner())
}

async fn drop_row(pair: &Pair, name: &str) -> Result<DropOutboxRowResponse, Status> {
    let reason = "replaced by hand".to_owned();
    let request = DropOutboxRowRequest { name: name.to_owned(), reason, ..Default::default() };
    Ok(outbox(pair).drop_outbox_row(pair.request(request, party(), true)).await?.into_inner())
}

/// What the journal says of a subject to the operator, or to the party of all that happens.
async fn journal(pair: &Pair, subject: &str, operator: bool) -> Vec<Event> {
    pair.source.number_once().await.unwrap();
    let request = ListEventsRequest { subject: subject.to_owned(), ..Default::default() };
    let mut client = EventServiceClient::new(channel(pair.source.address()));
    client.list_events(pair.request(request, party(), operator)).await.unwrap().into_inner().events
}

#[track_caller]
fn refused<T: std::fmt::Debug>(outcome: Result<T, Status>, code: Code, why: &str) -> Status {
    let status = outcome.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (code, why), "{status:?}");
    status
}

#[tokio::test]
async fn r25_a_parked_message_is_retried_with_all_its_attempts_and_arrives_once() {
    on_every_database(async |database| {
        let pair = Pair::start(database).await;
        let row = parked(&pair, &["behind"]).await;
        assert_eq!((row.state(), row.attempts, row.destination.as_str()), (State::Parked, 16, "notification"));
        assert_eq!((row.subject.as_str(), row.last_error.as_str()), ("a", "InvalidArgument: not today"));
        assert_eq!(row.name, format!("{}/outboxRows/notification", row.event));
        assert!(row.park_time.is_some() && row.create_time.is_some());
        let behind = rows(&pair, State::Waiting).await;
        assert_eq!(behind.iter().map(|row| row.attempts).collect::<Vec<_>>(), [0]);
        refused(retry(&pair, &behind[0].name, "").await, Code::FailedPrecondition, "STATE_FORBIDS");

        let answer = retry(&pair, &row.name, REQUEST_ID).await.unwrap();
        assert_eq!((answer.state(), answer.attempts, answer.park_time), (State::Waiting, 0, None));
        assert_eq!(rows(&pair, State::Waiting).await[0], answer, "the answer is the row as it stands");
        assert!(rows(&pair, State::Parked).await.is_empty());
        park(&pair, 16 * 601).await;
        let again = rows(&pair, State::Parked).await.remove(0);
        assert_eq!((again.name.as_str(), again.attempts), (row.name.as_str(), 16));

        let repeated = retry(&pair, &row.name, REQUEST_ID).await.unwrap();
        assert_eq!(repeated.encode_to_vec(), answer.encode_to_vec());
        assert_eq!(rows(&pair, State::Parked).await.len(), 1, "a repetition does nothing");
        pair.refuse_nothing();
        retry(&pair, &row.name, "").await.unwrap();
        assert_eq!(pair.source.relay_once().await.unwrap(), 2);
        assert_eq!(pair.told("a"), ["poison", "behind"]);
        refused(retry(&pair, &row.name, "").await, Code::NotFound, "RESOURCE_MISSING");
    })
    .await;
}

#[tokio::test]
async fn r25_a_dropped_message_lets_its_subject_go_on() {
    on_every_database(async |database| {
        let pair = Pair::start(database).await;
        let row = parked(&pair, &["behind"]).await;
        let behind = rows(&pair, State::Waiting).await.remove(0);
        refused(drop_row(&pair, &behind.name).await, Code::FailedPrecondition, "STATE_FORBIDS");
        drop_row(&pair, &row.name).await.unwrap();
        assert_eq!(pair.source.relay_once().await.unwrap(), 1);
        assert_eq!(pair.told("a"), ["behind"]);
        assert!(pair.source.outbox_rows().await.unwrap().is_empty());
        let gone = refused(drop_row(&pair, &row.name).await, Code::NotFound, "RESOURCE_MISSING");
        let never = "events/00000000000000000000000000/outboxRows/notification";
        let absent = refused(drop_row(&pair, never).await, Code::NotFound, "RESOURCE_MISSING");
        assert_eq!((gone.message(), gone.details()), (absent.message(), absent.details()));
    })
    .await;
}

#[tokio::test]
async fn r25_the_newest_state_of_a_subject_is_never_dropped() {
    on_every_database(async |database| {
        let pair = Pair::start(database).await;
        let row = parked(&pair, &[]).await;
        refused(drop_row(&pair, &row.name).await, Code::FailedPrecondition, "ROW_NEWEST");
        assert_eq!(rows(&pair, State::Parked).await, std::slice::from_ref(&row));
        pair.happen("a", "newer").await;
        drop_row(&pair, &row.name).await.unwrap();
        assert_eq!(pair.source.relay_once().await.unwrap(), 1);
        assert_eq!(pair.told("a"), ["newer"]);
    })
    .await;
}

#[tokio::test]
async fn r66_what_the_operator_does_about_a_parked_message_is_in_the_journal() {
    on_every_database(async |database| {
        let pair = Pair::start(database).await;
        let row = parked(&pair, &["behind"]).await;
        refused(
            retry(&pair, "events/00000000000000000000000000/outboxRows/notification", "").await,
            Code::NotFound,
            "RESOURCE_MISSING",
        );
        retry(&pair, &row.name, REQUEST_ID).await.unwrap();
        retry(&pair, &row.name, REQUEST_ID).await.unwrap();
        park(&pair, 16 * 601).await;
        drop_row(&pair, &row.name).await.unwrap();
        let told = journal(&pair, &row.name, true).await;
        let moves: Vec<_> = told
            .iter()
            .map(|event| {
                (event.kind.as_str(), event.from_state.as_str(), event.to_state.as_str(), event.reason.as_str())
            })
            .collect();
        assert_eq!(
            moves,
            [
                ("OutboxRowRetried", "PARKED", "WAITING", ""),
                ("OutboxRowDropped", "PARKED", "DROPPED", "replaced by hand")
            ]
        );
        let user = ids::UserId::from_uuid(uuid::Uuid::from_u128(1));
        assert!(told.iter().all(|event| event.actor.as_ref().unwrap().name == party().child(user)));
        assert_eq!(told[0].request_id, REQUEST_ID);
        assert!(journal(&pair, &row.name, false).await.is_empty(), "it is the operator's alone");
        assert_eq!(journal(&pair, "a", true).await.len(), 2, "what it tells of did not move");
    })
    .await;
}

#[tokio::test]
async fn r66_only_the_operator_deals_with_parked_messages() {
    on_every_database(async |database| {
        let pair = Pair::start(database).await;
        let name = parked(&pair, &["behind"]).await.name;
        let request = RetryOutboxRowRequest { name: name.clone(), ..Default::default() };
        let outcome = outbox(&pair).retry_outbox_row(pair.request(request, party(), false)).await;
        refused(outcome, Code::PermissionDenied, "ROLE_REQUIRED");
        let request = DropOutboxRowRequest { name: name.clone(), reason: "mine".to_owned(), ..Default::default() };
        let outcome = outbox(&pair).drop_outbox_row(pair.request(request, party(), false)).await;
        refused(outcome, Code::PermissionDenied, "ROLE_REQUIRED");
        let request = DropOutboxRowRequest { name, ..Default::default() };
        let outcome = outbox(&pair).drop_outbox_row(pair.request(request, party(), true)).await;
        refused(outcome, Code::InvalidArgument, "FIELD_INVALID");
        assert_eq!(rows(&pair, State::Parked).await.len(), 1);
    })
    .await;
}
