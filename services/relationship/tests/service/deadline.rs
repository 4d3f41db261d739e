//! A caller's deadline reaches the database: no statement goes on for who no longer waits. SQLite's statements take a moment.

use std::time::{Duration, Instant};

use database::{Database, Error, Step, Tx};
use runtime::Role;
use sea_orm::{ConnectionTrait, Statement};
use tonic::Code;
use wire::relationship::order_eligibility_service_client::OrderEligibilityServiceClient;

use crate::orders::order;
use crate::stage::{PROVIDER, Stage};

/// Statements that wait for a lock.
const WAITING: &str = "SELECT count(*) FROM pg_stat_activity \
    WHERE datname = current_database() AND wait_event_type = 'Lock'";

async fn waiting(database: &Database) -> i64 {
    let statement = Statement::from_string(database.reader().get_database_backend(), WAITING);
    database.reader().query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

#[tokio::test]
async fn r38_a_check_that_nobody_waits_for_ends_in_the_database_too() {
    let Some(test) = testkit::postgres().await else { return };
    let settings = test.settings.clone();
    let stage = Stage::ready(test).await;
    let mut client = OrderEligibilityServiceClient::new(stage.channel());
    // The operator may ask of anybody.
    let ask = || stage.with(PROVIDER, &[Role::Operator], order(false));
    let reasons = client.check_order_eligibility(ask()).await.unwrap().into_inner().reasons;
    let other = Database::connect(&settings).await.unwrap();
    let held = other.transact_for(database::Scope::Peer, async |tx: Tx| {
        tx.execute_unprepared("LOCK TABLE standing").await.map_err(Error::from)?;
        let mut asked = ask();
        asked.set_timeout(Duration::from_secs(1));
        let mut client = OrderEligibilityServiceClient::new(stage.channel());
        let waits = async { while waiting(&other).await == 0 {} };
        let (answer, ()) = tokio::join!(client.check_order_eligibility(asked), waits);
        let code = answer.unwrap_err().code();
        // By the server, or by the client itself, whichever is first.
        assert!([Code::DeadlineExceeded, Code::Cancelled].contains(&code), "{code:?}");
        let began = Instant::now();
        while waiting(&other).await != 0 {
            // It would give up waiting for the lock by itself after five seconds.
            assert!(began.elapsed() < Duration::from_secs(3), "it goes on for nobody");
        }
        Ok::<_, Error>(Step::Rollback(()))
    });
    held.await.unwrap();
    let again = client.check_order_eligibility(ask()).await.unwrap().into_inner();
    assert_eq!(again.reasons, reasons, "the service goes on");
}
