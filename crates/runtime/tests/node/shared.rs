//! What every service serves beside its own: the feed, the outbox, the clock.

use testkit::on_every_database;
use tonic::Code;
use wire::event::event_service_client::EventServiceClient;
use wire::event::outbox_service_client::OutboxServiceClient;
use wire::event::{Event, ListEventsRequest, ListOutboxRowsRequest};
use wire::simulation::GetClockRequest;
use wire::simulation::clock_service_client::ClockServiceClient;

use crate::pair::{Pair, channel, party, reason};

/// All events that a caller may read, two to a page.
async fn events(pair: &Pair, organization: ids::OrganizationId, operator: bool, subject: &str) -> Vec<Event> {
    let mut client = EventServiceClient::new(channel(pair.source.address()));
    let (mut all, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListEventsRequest { page_size: 2, page_token, subject: subject.to_owned() };
        let page = client.list_events(pair.request(request, organization, operator)).await.unwrap().into_inner();
        assert!(page.events.len() <= 2);
        all.extend(page.events);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return all;
        }
    }
}

#[tokio::test]
async fn r66_journal_shows_the_parties_their_events_and_the_operator_all() {
    on_every_database(async |database| {
        let pair = Pair::start(database).await;
        for subject in ["a", "b", "a", "b", "a"] {
            pair.happen(subject, "text").await;
        }
        let stranger = ids::Id::from_uuid(uuid::Uuid::from_u128(43));
        assert!(events(&pair, stranger, true, "").await.is_empty(), "not yet numbered");
        assert_eq!(pair.source.number_once().await.unwrap(), 5);
        for (organization, operator) in [(party(), false), (stranger, true)] {
            let all = events(&pair, organization, operator, "").await;
            assert_eq!(all.iter().map(|event| event.sequence).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        }
        assert!(events(&pair, stranger, false, "").await.is_empty());
        let of_a = events(&pair, party(), false, "a").await;
        assert_eq!(of_a.iter().map(|event| event.subject_version).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!((of_a[0].service.as_str(), of_a[0].kind.as_str()), ("enrollment", "Happened"));
    })
    .await;
}

#[tokio::test]
async fn page_token_of_one_filter_is_no_good_for_another() {
    let pair = Pair::start(testkit::sqlite()).await;
    pair.happen("a", "text").await;
    pair.happen("a", "text").await;
    pair.source.number_once().await.unwrap();
    let mut client = EventServiceClient::new(channel(pair.source.address()));
    let request = ListEventsRequest { page_size: 1, ..Default::default() };
    let page = client.list_events(pair.request(request, party(), false)).await.unwrap().into_inner();
    let request = ListEventsRequest { page_size: 1, page_token: page.next_page_token, subject: "a".to_owned() };
    let status = client.list_events(pair.request(request, party(), false)).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, "PAGE_TOKEN_INVALID"));
}

#[tokio::test]
async fn operator_sees_what_waits_in_the_outbox_page_by_page() {
    on_every_database(async |database| {
        let pair = Pair::start(database).await;
        for text in ["one", "two", "three"] {
            pair.happen("a", text).await;
        }
        let mut client = OutboxServiceClient::new(channel(pair.source.address()));
        let (mut rows, mut page_token) = (Vec::new(), String::new());
        loop {
            let request = ListOutboxRowsRequest { page_size: 1, page_token, ..Default::default() };
            let page = client.list_outbox_rows(pair.request(request, party(), true)).await.unwrap().into_inner();
            rows.extend(page.rows);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        assert_eq!(rows.len(), 3);
        assert!(rows.windows(2).all(|pair| pair[0].event != pair[1].event));
        assert!(rows.iter().all(|row| row.destination == "notification" && row.subject == "a"));
        let request = pair.request(ListOutboxRowsRequest::default(), party(), false);
        assert_eq!(client.list_outbox_rows(request).await.unwrap_err().code(), Code::PermissionDenied);
    })
    .await;
}

#[tokio::test]
async fn clock_goes_forward_only_and_by_whole_seconds() {
    on_every_database(async |database| {
        let pair = Pair::start(database).await;
        let before = pair.source.app().now();
        pair.set_offset(86_400).await.unwrap();
        assert!(pair.source.app().now() - before >= chrono::TimeDelta::days(1));
        for wrong in [86_399, -1, 11 * 366 * 86_400] {
            let status = pair.set_offset(wrong).await.unwrap_err();
            assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, "FIELD_INVALID"), "{wrong}");
        }
        let mut client = ClockServiceClient::new(channel(pair.source.address()));
        let clock = client.get_clock(GetClockRequest {}).await.unwrap().into_inner();
        assert_eq!(clock.offset.unwrap().seconds, 86_400);
    })
    .await;
}
