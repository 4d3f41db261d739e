//! F6: far more callers than the pool has connections. Those beyond the room are refused at once, the others have their turn, and
//! the order check is answered as if nobody else were there.

use std::time::{Duration, Instant};

use futures::future::join_all;
use linkage::ServiceName::Relationship;
use linkage::people::People;
use linkage::{Answer, Client, SigningKey};
use serde_json::{Value, json};
use tonic::Code;

use super::{hold, scene_with};
use crate::caller::{OPERATOR, addresses};
use crate::load::{Rights, sure};
use crate::program::Place;
use crate::proxy::Way;

/// Callers at once, on so many connections.
const CALLERS: usize = 200;
const CONNECTIONS: usize = 10;
/// How late each answer of the database is, so that its two connections are busy.
const LATE: Duration = Duration::from_millis(10);
/// A call that is let in waits no longer than this, and one that is not, or is urgent, is answered within a moment.
const TURN: Duration = Duration::from_secs(9);
const MOMENT: Duration = Duration::from_secs(3);

const LIST: &str = "relationship.PartnershipService/ListPartnerships";
const CHECK: &str = "relationship.OrderEligibilityService/CheckOrderEligibility";

/// Somebody's call and how long it took.
async fn call(client: &Client, rpc: &str, request: &Value, token: &str) -> (Answer, Duration) {
    let began = Instant::now();
    let method = client.method(rpc).expect(rpc);
    let answer = client.call(Relationship, &method, request, Some(token)).await.expect(rpc);
    (answer, began.elapsed())
}

/// A crowd lists partnerships while the operator asks whether orders may be placed.
async fn crowd(clients: &[Client], party: &str, token: &str) -> (Vec<(Answer, Duration)>, Vec<(Answer, Duration)>) {
    let list = json!({});
    let check = json!({
        "provider": party, "partner_of_record": party, "customer": party, "action": "ORDER_ACTION_PLACE_ORDER",
    });
    let listing = join_all((0..CALLERS).map(|n| call(&clients[n % CONNECTIONS], LIST, &list, token)));
    let checking = async {
        let mut checks = Vec::new();
        for _ in 0..10 {
            checks.push(call(&clients[CONNECTIONS], CHECK, &check, token).await);
        }
        checks
    };
    futures::future::join(listing, checking).await
}

#[expect(clippy::print_stdout, reason = "a run tells what it has counted")]
fn crowded(rounds: usize) {
    let Some((four, mut caller)) = scene_with(&[("LINKAGE_RELATIONSHIP__MAX_CONNECTIONS", "2")]) else { return };
    let mut rights = Rights::found(&mut caller, "crowded");
    four.settle(&mut caller);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let clients = runtime.block_on(async {
        let connect = || Client::new(&addresses(&four.place)).expect("a client");
        (0..=CONNECTIONS).map(|_| connect()).collect::<Vec<_>>()
    });
    let token = runtime.block_on(token(&clients[0], &four.place));
    let (mut served, mut shed, mut slowest, mut slowest_check) = (0, 0, Duration::ZERO, Duration::ZERO);
    for _ in 0..rounds {
        four.database(Relationship).delay(Way::Down, LATE);
        let (lists, checks) = runtime.block_on(crowd(&clients, rights.organization(), &token));
        four.database(Relationship).release();
        for (answer, took) in &lists {
            slowest = slowest.max(*took);
            match (answer.code, answer.reason.as_str()) {
                (Code::Ok, _) => served += 1,
                (Code::ResourceExhausted, "RATE_LIMITED") => shed += 1,
                other => panic!("{other:?} {} after {took:?}", answer.message),
            }
        }
        for (answer, took) in checks {
            assert_eq!(answer.code, Code::Ok, "{} {}", answer.reason, answer.message);
            slowest_check = slowest_check.max(took);
        }
    }
    // What siblings tell at the same time takes a few of the 64 places.
    assert!(served >= 50 * rounds && shed >= 64 * rounds, "{served} served, {shed} refused");
    assert!(slowest < TURN, "one waited {slowest:?}");
    assert!(slowest_check < MOMENT, "an order check took {slowest_check:?}");
    println!("F6: {served} served, {shed} refused, slowest {slowest:?}, slowest order check {slowest_check:?}");
    sure(&mut caller, &rights.change());
    hold("F6 two connections, 200 callers", rounds, &four, &mut caller);
}

/// The operator's access token.
async fn token(client: &Client, place: &Place) -> String {
    let file = place.folder().join("data/keys").join(runtime::keys::ISSUER_FILE);
    let people = People::new(SigningKey::load_or_create(&file).expect("the development issuer's key"));
    let session = people.session(client, OPERATOR, None).await.expect("a session");
    session.body["access_token"].as_str().expect("a token").to_owned()
}

#[test]
fn f06_a_crowd_is_bounded_and_the_order_check_still_answers() {
    crowded(1);
}

#[test]
#[ignore = "minutes: belongs to the long tests"]
fn f06_a_crowd_is_bounded_and_the_order_check_still_answers_20_times() {
    crowded(20);
}
