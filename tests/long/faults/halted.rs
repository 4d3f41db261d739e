//! F5: the database server stands still with all its sockets open; and it is stopped, and started again.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use linkage::ServiceName;
use tonic::Code;
use tonic_health::pb::health_check_response::ServingStatus;

use super::hold;
use crate::caller::{Caller, addresses};
use crate::four::Four;
use crate::health::health;
use crate::load::{Rights, sure};

/// A call ends within this time, whatever stands still: ten seconds, and a busy machine.
const BOUND: Duration = Duration::from_secs(14);
/// How long until readiness tells what is so.
const TOLD: Duration = Duration::from_secs(30);

fn until(four: &Four, runtime: &tokio::runtime::Runtime, status: ServingStatus) {
    let began = Instant::now();
    let address = addresses(&four.place)[&ServiceName::Enrollment];
    while health(runtime, address, "") != status {
        assert!(began.elapsed() < TOLD, "readiness is never {status:?}");
        assert_eq!(health(runtime, address, "liveness"), ServingStatus::Serving, "no restart would help");
        four.breathe();
    }
}

/// A call while nothing can be done: ended in time, and for a reason that tells to try again.
fn refused(caller: &mut Caller, rights: &mut Rights, allowed: &[Code]) -> crate::caller::Write {
    let (write, began) = (rights.change(), Instant::now());
    let refused = caller.again(&write).expect_err("there is no database");
    assert!(began.elapsed() < BOUND, "refused after {:?}", began.elapsed());
    assert!(allowed.contains(&refused.answer.code), "{:?} {}", refused.answer.code, refused.answer.message);
    write
}

fn halted(rounds: usize, away: Duration) {
    let Some(mut cluster) = testkit::durable() else { return };
    let urls: BTreeMap<_, _> =
        ServiceName::ALL.into_iter().map(|service| (service, cluster.create(service.as_str()))).collect();
    let four = Four::on(urls, Vec::new(), &[]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut caller = four.caller();
    let mut rights = Rights::found(&mut caller, "halted");
    for _ in 0..rounds {
        sure(&mut caller, &rights.change());
        cluster.freeze();
        // The last is the client's own word: it waits as long as the service does.
        let in_time = [Code::Unavailable, Code::DeadlineExceeded, Code::Cancelled];
        let open = thread::scope(|scope| {
            let call = scope.spawn(|| refused(&mut caller, &mut rights, &in_time));
            until(&four, &runtime, ServingStatus::NotServing);
            call.join().expect("the call")
        });
        cluster.thaw();
        // The same process, on the connections that it has or makes.
        sure(&mut caller, &open);
        until(&four, &runtime, ServingStatus::Serving);

        cluster.stop();
        let began = Instant::now();
        let mut open = refused(&mut caller, &mut rights, &[Code::Unavailable]);
        while began.elapsed() < away {
            open = refused(&mut caller, &mut rights, &[Code::Unavailable]);
            four.breathe();
        }
        cluster.restart();
        sure(&mut caller, &open);
        until(&four, &runtime, ServingStatus::Serving);
    }
    hold("F5 database server frozen, and stopped", rounds, &four, &mut caller);
}

#[test]
fn f05_frozen_or_stopped_database_is_told_in_time_and_heals() {
    halted(1, Duration::from_secs(1));
}

#[test]
#[ignore = "minutes: belongs to the long tests"]
fn f05_frozen_or_stopped_database_is_told_in_time_and_heals_10_times() {
    halted(10, Duration::from_secs(10));
}
