//! Mail as it arrives.

use std::time::Duration;

use notification::Config;
use testkit::{on_every_database, sqlite};
use tonic::{Code, Status, Streaming};
use tonic_types::StatusExt;
use wire::notification as pb;
use wire::notification::mailbox_service_client::MailboxServiceClient;

use crate::sender::{Pair, to, verification};

/// Longer than anything takes on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

async fn watch(pair: &Pair, parent: &str, query: &str) -> Result<Streaming<pb::MailboxMessage>, Status> {
    let (parent, query) = (parent.to_owned(), query.to_owned());
    let request = pb::WatchMailboxMessagesRequest { parent, query, ..Default::default() };
    let answer = MailboxServiceClient::new(pair.channel()).watch_mailbox_messages(pair.signed(request, true)).await;
    answer.map(tonic::Response::into_inner)
}

async fn next(stream: &mut Streaming<pb::MailboxMessage>) -> Option<pb::MailboxMessage> {
    tokio::time::timeout(LIMIT, stream.message()).await.expect("in time").unwrap()
}

#[tokio::test]
async fn r50_mail_is_watched_as_it_arrives_each_once_and_what_was_just_before_too() {
    on_every_database(async |database| {
        let pair = Pair::start(database, Config::default()).await;
        pair.send(verification(1)).await.unwrap();
        pair.sweep().await;
        let mut all = watch(&pair, "mailboxes/-", "").await.unwrap();
        let mut one = watch(&pair, "mailboxes/bo@example.com", "").await.unwrap();
        let mut some = watch(&pair, "mailboxes/-", "BO@").await.unwrap();
        assert_eq!(next(&mut all).await.unwrap().to, "\"Ada Lovelace\" <ada@example.com>");
        for event in 2..12 {
            pair.send(to(verification(event), &["ada@example.com", "bo@example.com"])).await.unwrap();
        }
        tokio::select! {
            () = pair.keep_sweeping() => {}
            () = async {
                let mut names = std::collections::BTreeSet::new();
                for _ in 0..20 {
                    assert!(names.insert(next(&mut all).await.unwrap().name), "each once");
                }
                for stream in [&mut one, &mut some] {
                    for _ in 0..10 {
                        assert_eq!(next(stream).await.unwrap().to, "bo@example.com");
                    }
                }
            } => {}
        }
    })
    .await;
}

#[tokio::test]
async fn who_watches_holds_up_no_end_and_only_so_many_do() {
    let pair = Pair::start(sqlite(), Config::default()).await;
    let mut watching = Vec::new();
    let crowded = loop {
        match watch(&pair, "mailboxes/-", "").await {
            Ok(stream) => watching.push(stream),
            Err(status) => break status,
        }
        assert!(watching.len() < 100, "there is a bound");
    };
    assert_eq!(crowded.code(), Code::ResourceExhausted);
    assert_eq!(crowded.get_details_error_info().unwrap().reason, "RATE_LIMITED");
    let wrong = watch(&pair, "mailboxes/nobody", "").await.unwrap_err();
    assert_eq!(wrong.code(), Code::InvalidArgument);
    let request = pb::WatchMailboxMessagesRequest { parent: "mailboxes/-".to_owned(), ..Default::default() };
    let member = MailboxServiceClient::new(pair.channel()).watch_mailbox_messages(pair.signed(request, false)).await;
    assert_eq!(member.unwrap_err().code(), Code::PermissionDenied);
    let Pair { notification, .. } = pair;
    tokio::time::timeout(LIMIT, notification.stop()).await.expect("it stops though they watch");
    for mut stream in watching {
        assert!(next(&mut stream).await.is_none());
    }
}
