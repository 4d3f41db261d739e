//! Each mail exactly once.

use notification::{Config, Notification};
use runtime::Service;
use testkit::on_every_database;

use crate::sender::{Pair, to, verification};

#[tokio::test]
async fn r51_a_repeated_request_is_acknowledged_and_makes_no_second_mail() {
    on_every_database(async |database| {
        let pair = Pair::start(database, Config::default()).await;
        for _ in 0..3 {
            pair.send(verification(7)).await.unwrap();
        }
        assert_eq!((pair.sweep().await, pair.sweep().await), (1, 0));
        pair.send(verification(7)).await.unwrap();
        assert_eq!(pair.sweep().await, 0, "also after it was sent");
        assert_eq!(pair.mails("mailboxes/-").await.len(), 1);
        pair.send(verification(8)).await.unwrap();
        assert_eq!(pair.sweep().await, 1, "another event is another message");
        assert_eq!(pair.mails("mailboxes/-").await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn r51_each_recipient_of_an_event_is_told_once() {
    on_every_database(async |database| {
        let pair = Pair::start(database, Config::default()).await;
        let both = ["ada@example.com", "bo@example.com", "BO@example.com"];
        pair.send(to(verification(7), &both)).await.unwrap();
        pair.send(to(verification(7), &["bo@example.com", "cy@example.com"])).await.unwrap();
        assert_eq!(pair.sweep().await, 3);
        for mailbox in ["ada", "bo", "cy"] {
            assert_eq!(pair.mails(&format!("mailboxes/{mailbox}@example.com")).await.len(), 1, "{mailbox}");
        }
    })
    .await;
}

#[tokio::test]
async fn r51_replicas_that_sweep_at_once_deliver_once() {
    on_every_database(async |database| {
        let pair = Pair::start(database, Config::default()).await;
        for event in 0..10 {
            pair.send(verification(event)).await.unwrap();
        }
        let app = pair.notification.app();
        let sweeps = tokio::join!(Notification::sweep(app), Notification::sweep(app), Notification::sweep(app));
        assert!(sweeps.0.is_ok() && sweeps.1.is_ok() && sweeps.2.is_ok());
        pair.sweep().await;
        assert_eq!(pair.mails("mailboxes/ada@example.com").await.len(), 10);
        let sent = pair.happened().await.into_iter().filter(|kind| kind == "MessageSent").count();
        assert_eq!(sent, 10);
    })
    .await;
}

#[tokio::test]
async fn the_journal_tells_of_a_message_without_address_or_secret() {
    on_every_database(async |database| {
        let pair = Pair::start(database, Config::default()).await;
        pair.send(verification(7)).await.unwrap();
        pair.sweep().await;
        let entries = pair.journal().await;
        let said = format!("{entries:?}");
        assert_eq!(
            entries.iter().map(|entry| entry.kind.as_str()).collect::<Vec<_>>(),
            ["MessageQueued", "MessageSent"]
        );
        assert_eq!(entries[0].reason.as_deref(), Some("email-verification"));
        for secret in ["ada@", "Ada", "Nordic", "k3f9d2aa", "#1.abc"] {
            assert!(!said.contains(secret), "{secret}");
        }
    })
    .await;
}
