//! F4 in its orderly form: PostgreSQL is stopped under load for ten seconds, and started again. Meanwhile calls fail as UNAVAILABLE and nothing else, no
//! process is restarted, and what was acknowledged is there.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use linkage::ServiceName;
use tokio::runtime::Runtime;
use tonic::Code;
use tonic_health::pb::health_check_response::ServingStatus;

use super::callers::under_load;
use super::names::Names;
use super::{ENOUGH, Replicas, totals};
use crate::health::health;
use crate::pair::{BREATH, Pair};
use crate::program::{BINARY, LIMIT};

/// How long there is no database.
const AWAY: Duration = Duration::from_secs(10);

#[test]
fn f04_a_database_stopped_for_ten_seconds_is_told_as_unavailable_and_loses_nothing() {
    stopped(1);
}

#[test]
#[ignore = "minutes: belongs to the long tests"]
fn f04_a_database_stopped_ten_times_is_told_as_unavailable_and_loses_nothing() {
    stopped(10);
}

impl Replicas<'_> {
    /// Waits until every process says so of its readiness; that it lives is said all the while.
    fn until_all_say(&mut self, runtime: &Runtime, status: ServingStatus) {
        let began = Instant::now();
        for (service, replica) in ServiceName::ALL.into_iter().flat_map(|service| [(service, 0), (service, 1)]) {
            let address = self.names.address(service, replica);
            while health(runtime, address, "") != status {
                assert!(began.elapsed() < LIMIT, "{service} is never {status:?}");
                assert_eq!(health(runtime, address, "liveness"), ServingStatus::Serving, "no restart would help");
                self.of(service)[replica].process.line(BREATH);
            }
        }
    }
}

#[expect(clippy::print_stdout, reason = "a run tells what it has counted")]
fn stopped(rounds: usize) {
    let Some(mut cluster) = testkit::durable() else { return };
    let urls: BTreeMap<_, _> = ServiceName::ALL.map(|one| (one, cluster.create(one.as_str()))).into_iter().collect();
    let pair = Pair::on(urls, Vec::new());
    let Some(names) = Names::new(&pair.addresses(false)) else { return };
    ServiceName::ALL.into_iter().for_each(|service| names.set(service, 1, true));
    let mut replicas = Replicas::start(&pair, &names, BINARY);
    let runtime = Runtime::new().expect("a runtime");
    let counted = under_load(&pair, &names, true, |points| {
        for _ in 0..rounds {
            points.until_more(|seen| &seen.looked, 2 * ENOUGH, &mut replicas.of(ServiceName::Enrollment)[0]);
            points.set_away(true);
            cluster.stop();
            let began = Instant::now();
            replicas.until_all_say(&runtime, ServingStatus::NotServing);
            while began.elapsed() < AWAY {
                replicas.of(ServiceName::Enrollment)[0].process.line(BREATH);
            }
            cluster.restart();
            replicas.until_all_say(&runtime, ServingStatus::Serving);
            points.set_away(false);
        }
        points.until_more(|seen| &seen.looked, 2 * ENOUGH, &mut replicas.of(ServiceName::Enrollment)[0]);
    });
    let failed: Vec<_> = counted.iter().flat_map(|counted| &counted.failed).collect();
    assert!(!failed.is_empty(), "nobody noticed");
    let wrong: Vec<_> = failed.iter().filter(|failed| !failed.away || failed.code != Code::Unavailable).collect();
    assert!(wrong.is_empty(), "{} of {} failed otherwise, or at another time: {wrong:#?}", wrong.len(), failed.len());
    let count = failed.len();

    // It is called until it succeeds, so the last round has left nothing open.
    assert!(counted.iter().all(|counted| counted.open.is_none()), "a command is not acknowledged");
    replicas.hold(&counted);
    let [changes, reads] = totals(&counted);
    println!(
        "F4: PostgreSQL stopped {rounds} times for ten seconds, {changes} commands and {reads} reads, {count} UNAVAILABLE, nothing lost"
    );
}
