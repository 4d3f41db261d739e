//! Two replicas, one ten minutes ahead: leases follow the database's clock, and a subject's story its versions.

use std::collections::BTreeMap;
use std::time::Instant;

use linkage::ServiceName;
use serde_json::Value;

use super::TEN_MINUTES;
use crate::caller::Write;
use crate::pair::{BREATH, Pair, SIMULATION};
use crate::program::{LIMIT, Process};

/// Leases that would outlast what the database's clock allows.
const TOO_LONG: &str = "SELECT name FROM lease WHERE until > clock_timestamp() + interval '10 seconds'";

#[test]
fn f11_a_replica_ahead_keeps_and_takes_no_lease_by_its_own_clock() {
    let Some(pair) = Pair::new() else { return };
    let mut ahead = pair.start(false, &[]);
    // Started without a simulation, it never learns of the offset that the first one keeps in the database.
    let mut behind = pair.start(true, &[(SIMULATION.to_owned(), "false".to_owned())]);
    let mut callers = [pair.caller(false), pair.caller(true)];
    callers[0].enroll("quiet").expect("a quiet enrollment");
    let expected = callers[0].effects(|| drop(ahead.process.line(BREATH)));
    let before = pair.leases();
    for service in ServiceName::ALL {
        callers[0].set_ahead(service, TEN_MINUTES);
    }
    for _ in 0..2 {
        until_renewed(&pair, &mut ahead.process);
        for (key, held) in pair.leases().iter().filter(|(_, held)| !held.owner.is_empty()) {
            assert_eq!(before.get(key).unwrap_or(held), held, "{key:?} changed hands");
        }
        for service in ServiceName::ALL {
            assert_eq!(pair.ask(service, TOO_LONG), Vec::<String>::new(), "{service}");
        }
    }

    callers[1].writes = std::sync::Arc::clone(&callers[0].writes);
    callers[0].enroll("mixed").expect("the one ahead serves");
    let [first, second] = &mut callers;
    // Without a simulation there is no development issuer: who signed in at the one is known to the other by its token.
    second.trade_people(first);
    let profile = callers[0].acknowledged().into_iter().rfind(|write| write.rpc.ends_with("/UpdateSupportProfile"));
    let Write { who, rpc, request, .. } = profile.expect("a profile");
    for turn in [1, 0, 1] {
        let mut request = request.clone();
        request["support_profile"]["phone"] = format!("+4681234567{turn}").into();
        callers[turn].write(&who, &rpc, request).expect("either serves");
    }
    // What the one ahead wrote is due to the other only ten minutes later: it is delivered by whoever's clock says so.
    assert_eq!(behind.process.stop().code, Some(0));
    let wrong = callers[0].differences(&expected, || drop(ahead.process.line(BREATH)));
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    assert!(times_against_versions(&callers[0].trail()) > 0, "the clocks never contradicted the order of events");
    pair.until_numbered(&mut ahead.process);
    assert_eq!(ahead.process.stop().code, Some(0));
    pair.assert_chained();
}

/// Waits until every journal's numbering and every sweep was renewed once more.
fn until_renewed(pair: &Pair, process: &mut Process) {
    let renewed_now = "SELECT (clock_timestamp() + interval '10 seconds')::text";
    let limit = pair.ask(ServiceName::Enrollment, renewed_now).pop().expect("a time");
    let old = format!("SELECT name FROM lease WHERE name IN ('numbering', 'sweep') AND until < '{limit}'");
    let began = Instant::now();
    while ServiceName::ALL.into_iter().any(|service| !pair.ask(service, &old).is_empty()) {
        assert!(began.elapsed() < LIMIT, "leases are not renewed");
        process.line(BREATH);
    }
}

/// Each subject's entries are numbered in the order of their versions; how often their times say otherwise.
fn times_against_versions(trail: &[Value]) -> usize {
    let mut subjects: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for entry in trail {
        let text = |name: &str| entry[name].as_str().unwrap_or_default();
        let number = |name: &str| text(name).parse::<i64>().expect("a number");
        let subject = subjects.entry((text("service"), text("subject"))).or_default();
        subject.push((number("sequence"), number("subject_version"), text("create_time")));
    }
    let mut against = 0;
    for (subject, mut entries) in subjects {
        entries.sort_unstable();
        for pair in entries.windows(2) {
            let [(_, version, time), (_, next, later)] = pair else { continue };
            assert_eq!(*next, version + 1, "{subject:?}");
            against += usize::from(later < time);
        }
    }
    against
}
