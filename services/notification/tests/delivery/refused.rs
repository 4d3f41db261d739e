//! What the transport refuses, for now or for good, and what is refused before.

use notification::Config;
use testkit::{on_every_database, sqlite};
use tonic_types::StatusExt;
use wire::notification::notification_peer_service_client::NotificationPeerServiceClient;

use crate::sender::{Pair, to, verification};

fn unreachable() -> Config {
    Config { unreachable_domains: vec!["busy.example".to_owned()], attempts: 3, ..Config::default() }
}

#[tokio::test]
async fn r51_refused_for_now_is_tried_again_and_parked_in_the_end() {
    on_every_database(async |database| {
        let pair = Pair::start(database, unreachable()).await;
        pair.send(to(verification(7), &["ada@busy.example", "bo@example.com"])).await.unwrap();
        assert_eq!(pair.sweep().await, 2, "nobody waits for another's server");
        assert_eq!(pair.mails("mailboxes/-").await.len(), 1);
        for hours in 1..=5 {
            pair.set_offset(hours * 3_600).await;
            pair.sweep().await;
        }
        let mut happened = pair.happened().await;
        happened.retain(|kind| kind != "MessageQueued" && kind != "MessageSent");
        assert_eq!(happened, ["MessagePostponed", "MessagePostponed", "MessageParked"]);
        assert_eq!(pair.mails("mailboxes/-").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn refused_for_good_is_not_tried_again() {
    let pair = Pair::start(sqlite(), Config::default()).await;
    pair.send(to(verification(7), &["ada@company.invalid"])).await.unwrap();
    assert_eq!((pair.sweep().await, pair.sweep().await), (1, 0));
    assert_eq!(pair.happened().await, ["MessageQueued", "MessageBounced"]);
    assert!(pair.mails("mailboxes/-").await.is_empty());
}

#[tokio::test]
async fn what_is_asked_wrongly_is_refused_with_its_reason() {
    let pair = Pair::start(sqlite(), Config::default()).await;
    let mut unknown = verification(7);
    unknown.kind = "gossip".to_owned();
    let mut missing = verification(7);
    missing.variables.truncate(1);
    let mut foreign = verification(7);
    foreign.origin.as_mut().unwrap().source = "relationship".to_owned();
    for (request, reason) in [(unknown, "KIND_UNKNOWN"), (missing, "VARIABLE_MISSING"), (foreign, "FIELD_INVALID")] {
        let status = pair.send(request).await.unwrap_err();
        assert_eq!(status.code(), tonic::Code::InvalidArgument);
        assert_eq!(status.get_details_error_info().unwrap().reason, reason);
    }
    assert_eq!(pair.sweep().await, 0);
}

#[tokio::test]
async fn only_siblings_send_mail() {
    let pair = Pair::start(sqlite(), Config::default()).await;
    let mut client = NotificationPeerServiceClient::new(pair.channel());
    let nobody = client.send_message(verification(7)).await.unwrap_err();
    assert_eq!(nobody.code(), tonic::Code::Unauthenticated);
    let operator = client.send_message(pair.signed(verification(7), true)).await.unwrap_err();
    assert_eq!(operator.code(), tonic::Code::PermissionDenied);
}
