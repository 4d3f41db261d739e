//! Stopping: nothing new, everything begun to its end.

use runtime::{Options, Service, StartError};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use wire::notification::GetMailboxMessageRequest;
use wire::notification::mailbox_service_client::MailboxServiceClient;

use crate::pair::{Pair, Source, channel, listener};

#[tokio::test]
async fn call_under_way_ends_well_and_watchers_are_told() {
    let pair = Pair::start(testkit::sqlite()).await;
    let address = pair.sink.address();
    let mut client = MailboxServiceClient::new(channel(address));
    let mut health = HealthClient::new(channel(address));
    let mut watched = health.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    assert_eq!(watched.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
    let (board, sink) = (&pair.board, pair.sink);
    let ending = async {
        let _begun = board.begun.acquire().await.unwrap();
        let release = async {
            // On a busy machine a look at the database may take so long that it is told as not serving, and as serving again.
            let mut last = ServingStatus::Serving;
            while last == ServingStatus::Serving {
                last = watched.message().await.unwrap().unwrap().status();
            }
            assert_eq!(last, ServingStatus::NotServing);
            assert!(watched.message().await.unwrap().is_none(), "a watch does not hold up the end");
            board.may_end.add_permits(1);
        };
        tokio::join!(sink.stop(), release);
    };
    let (slow, ()) = tokio::join!(client.get_mailbox_message(GetMailboxMessageRequest::default()), ending);
    assert_eq!(slow.unwrap().into_inner().text, "slow but well");
    assert!(std::net::TcpStream::connect(address).is_err(), "nobody listens any more");
}

#[tokio::test]
async fn schema_that_is_behind_is_refused_unless_it_may_be_migrated() {
    let Pair { source, sink, place, .. } = Pair::start(testkit::sqlite()).await;
    source.stop().await;
    sink.stop().await;
    let empty = testkit::sqlite();
    let mut options = place.options(Source::NAME, listener());
    options.database = empty.settings.clone();
    options.migrate = false;
    let refused = runtime::start(Source, options).await.err();
    assert!(matches!(refused, Some(StartError::Database(database::Error::MigrationsPending(_)))), "{refused:?}");
    // The same in a database that was migrated before.
    let options = Options { migrate: false, ..place.options(Source::NAME, listener()) };
    runtime::start(Source, options).await.unwrap().stop().await;
}
