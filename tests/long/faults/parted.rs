//! F8: two services are parted, one way or both, or the way between them is slow or loses connections. Commands go on
//! everywhere; what they cause waits, and comes in its order once the way is free.

use std::time::{Duration, Instant};

use linkage::ServiceName::{Enrollment, Notification, Relationship, Verification};
use serde_json::json;
use tonic::Code;

use super::{hold, scene};
use crate::caller::{Caller, OPERATOR};
use crate::four::Four;
use crate::kills::seed;
use crate::load::{Rights, sure};
use crate::proxy::{Proxy, Way};

/// A command needs no sibling, so it takes no longer than this whatever lies between them. A busy machine is allowed for.
const PROMPT: Duration = Duration::from_secs(5);
/// How late a slow way makes each piece.
const SLOW: Duration = Duration::from_secs(1);

/// So many commands are sent while something is wrong; more until a connection was lost, where they are to be lost.
const TURNS: usize = 6;
const MOST_TURNS: usize = 200;

/// What is wrong between enrollment and relationship.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// What enrollment sends never arrives.
    RequestsVanish,
    /// It arrives, but what relationship answers does not.
    AnswersVanish,
    /// Enrollment can't connect; relationship still can.
    OneWay,
    /// Neither can connect to the other.
    BothWays,
    Slow,
    /// A fifth of the connections between any two services is lost.
    Lossy,
}

const FAULTS: [Fault; 6] =
    [Fault::RequestsVanish, Fault::AnswersVanish, Fault::OneWay, Fault::BothWays, Fault::Slow, Fault::Lossy];

impl Fault {
    fn begin(self, four: &Four, seed: u64) {
        let (there, back) = (four.peer(Enrollment, Relationship), four.peer(Relationship, Enrollment));
        match self {
            Fault::RequestsVanish => there.hold(Way::Up),
            Fault::AnswersVanish => there.hold(Way::Down),
            Fault::OneWay => there.refuse(),
            Fault::BothWays => [there, back].into_iter().for_each(Proxy::refuse),
            Fault::Slow => [Way::Up, Way::Down].into_iter().for_each(|way| there.delay(way, SLOW)),
            Fault::Lossy => four.ways().zip(0..).for_each(|(way, n)| way.lose(0.2, seed.wrapping_add(n))),
        }
    }

    /// Whether nothing that enrollment tells can be marked as delivered to relationship.
    fn parts(self) -> bool {
        !matches!(self, Fault::Slow | Fault::Lossy)
    }
}

/// How many connections were lost so far.
fn lost(four: &Four) -> usize {
    four.ways().map(|way| way.losses().1).sum()
}

fn waiting(four: &Four, destination: &str) -> usize {
    let query = format!("SELECT count(*)::text FROM outbox WHERE destination = '{destination}'");
    four.ask(Enrollment, &query).concat().parse().expect("a number")
}

/// The order check with what enrollment says now, which relationship asks for itself.
fn fresh_check(caller: &mut Caller, party: &str) -> Code {
    let request = json!({
        "provider": party, "partner_of_record": party, "customer": party, "action": "ORDER_ACTION_PLACE_ORDER", "fresh": true,
    });
    caller.call(OPERATOR, "relationship.OrderEligibilityService/CheckOrderEligibility", &request).code
}

fn parted(rounds: usize, faults: &[Fault], seed: u64) {
    let Some((four, mut caller)) = scene() else { return };
    let mut rights = [0, 1].map(|n| Rights::found(&mut caller, &format!("parted-{n}")));
    let party = rights[0].organization().to_owned();
    for round in 0..rounds {
        for fault in faults {
            four.settle(&mut caller);
            fault.begin(&four, seed.wrapping_add(round as u64));
            let (mut turn, before) = (0, lost(&four));
            while turn < TURNS || (*fault == Fault::Lossy && turn < MOST_TURNS && lost(&four) == before) {
                turn += 1;
                let began = Instant::now();
                sure(&mut caller, &rights[turn % 2].change());
                assert!(began.elapsed() < PROMPT, "{fault:?}: a command took {:?}", began.elapsed());
                if *fault == Fault::Lossy {
                    four.ways().for_each(|way| _ = way.cut());
                }
            }
            if fault.parts() {
                assert_eq!(waiting(&four, "relationship"), TURNS, "{fault:?}: what was told waits");
                // Siblings that can be reached hear of it all the same, before a delivery that hangs is given up.
                let began = Instant::now();
                let query = "NOT EXISTS (SELECT 1 FROM outbox WHERE destination <> 'relationship')";
                four.until(Enrollment, query);
                assert!(began.elapsed() < PROMPT, "{fault:?}: others waited {:?}", began.elapsed());
                for sibling in [Verification, Notification] {
                    assert_eq!(four.ask(sibling, "SELECT (count(*) > 0)::text FROM inbox_told"), ["true"]);
                }
                let expected = if *fault == Fault::BothWays { Code::Unavailable } else { Code::Ok };
                assert_eq!(fresh_check(&mut caller, &party), expected, "{fault:?}: relationship asks enrollment");
            }
            assert!(*fault != Fault::Lossy || lost(&four) > before, "no connection was lost");
            four.ways().for_each(Proxy::release);
        }
    }
    hold(&format!("F8 {faults:?}"), rounds, &four, &mut caller);
}

#[expect(clippy::print_stdout, reason = "a run that failed is repeated by its seed")]
fn all(rounds: usize) {
    let seed = seed();
    println!("F8: LINKAGE_TEST_SEED={seed}");
    parted(rounds, &FAULTS, seed);
}

#[test]
fn f08_parted_services_go_on_and_catch_up_in_order() {
    all(1);
}

#[test]
#[ignore = "minutes: belongs to the long tests"]
fn f08_parted_services_go_on_and_catch_up_in_order_10_times() {
    all(10);
}
