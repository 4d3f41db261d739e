//! The one moment that counts, held still: a delivery was made, its sender is frozen before it marks it, and another replica
//! delivers the same while the first comes back and marks late.

use std::time::Instant;

use linkage::ServiceName;

use crate::pair::{BREATH, Pair, variable};
use crate::program::{LIMIT, Process};
use crate::proxy::{Proxy, Target, Way};

/// The case to be opened, while it waits: how often it was tried and what came of it.
const ROWS: &str =
    "SELECT attempts || ' ' || COALESCE(last_error, 'untold') FROM outbox WHERE method LIKE '%/OpenCase'";
const CASES: &str = "SELECT id::text FROM journal WHERE kind = 'VettingCaseOpened'";

/// Both replicas deliver to verification through a proxy each. The first is frozen when its delivery was made and the answer is on
/// its way; the second takes the lane over and delivers the same, its answer held too. The thawed first one then has an answer, or
/// none in time: neither may touch the row, which is the second one's by now.
#[test]
fn f03_a_thawed_sender_marks_nothing_that_another_took_over() {
    let Some(pair) = Pair::new() else { return };
    let target = |second| Target::Tcp(pair.addresses(second)[&ServiceName::Verification]);
    let ways = [Proxy::start(target(false)), Proxy::start(target(true))];
    let through = |way: &Proxy| [(variable(ServiceName::Verification, "ADDRESS"), format!("http://{}", way.address()))];
    let mut first = pair.start(false, &through(&ways[0]));
    let mut caller = pair.caller(false);
    caller.enroll("quiet").expect("a quiet enrollment");
    let expected = caller.effects(|| drop(first.process.line(BREATH)));
    ways[0].hold(Way::Down);
    caller.enroll("held").expect("a command needs no sibling");
    until(&mut first.process, || pair.ask(ServiceName::Verification, CASES).len() == 2);
    assert_eq!(pair.ask(ServiceName::Enrollment, ROWS), ["1 untold"], "tried once, and not marked");
    first.freeze();
    let before = pair.leases();

    ways[1].hold(Way::Down);
    let mut second = pair.start(true, &through(&ways[1]));
    until(&mut second.process, || pair.ask(ServiceName::Enrollment, ROWS) == ["2 untold"]);
    let during = pair.leases();
    ways[0].release();
    first.thaw();
    // It ends only once every delivery was marked, or was found not to be its own to mark.
    assert_eq!(first.process.stop().code, Some(0));
    assert_eq!(pair.ask(ServiceName::Enrollment, ROWS), ["2 untold"], "the late mark counted");
    let mut taken = 0;
    for (key, held) in during.iter().filter(|(key, held)| before.get(*key).is_some_and(|lost| lost.owner != held.owner))
    {
        assert_eq!(held.epoch, before[key].epoch + 1, "{key:?}");
        assert_eq!(pair.leases()[key], *held, "{key:?} was given back by who had lost it");
        taken += 1;
    }
    assert!(taken > 0, "no lease changed hands");

    ways[1].release();
    let mut caller_2 = pair.caller(true);
    caller_2.writes = caller.writes;
    // A mail that the first had begun to send when it froze is free again after five minutes of business time.
    caller_2.set_ahead(ServiceName::Notification, 600);
    let wrong = caller_2.differences(&expected, || drop(second.process.line(BREATH)));
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    assert_eq!(pair.ask(ServiceName::Enrollment, ROWS), Vec::<String>::new());
    assert_eq!(pair.ask(ServiceName::Verification, CASES).len(), 2, "delivered twice, taken once");
    pair.until_numbered(&mut second.process);
    assert_eq!(second.process.stop().code, Some(0));
    pair.assert_chained();
}

fn until(process: &mut Process, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < LIMIT, "it never comes");
        process.line(BREATH);
    }
}
