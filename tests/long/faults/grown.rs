//! F24: however long it works, a process holds no more memory: also with a collector that takes nothing, as in F23.

use std::time::{Duration, Instant};

use crate::caller::Caller;
use crate::load::{Rights, sure};
use crate::program::Place;
use crate::signals::Serving;

/// So many commands come before memory is looked at: pools, caches and queues are full by then.
const WARM: usize = 100;
/// What may be added afterwards: allocators keep what they had, and a few pages more.
const MORE: u64 = 8 * 1024 * 1024;
/// Nobody listens there.
const NOBODY: &str = "http://127.0.0.1:9";

#[expect(clippy::print_stdout, reason = "a run tells what it has measured")]
fn grown(least: usize, time: Duration) {
    let mut place = Place::new();
    place.set("LINKAGE_LOG__FILTER", "warn");
    place.set("LINKAGE_TELEMETRY__ENDPOINT", NOBODY);
    // As much as may wait for it is there soon.
    place.set("OTEL_BSP_MAX_QUEUE_SIZE", "512");
    let serving = Serving::start(&place.command(&["serve"]));
    let mut caller = Caller::of(&place);
    let mut rights = Rights::found(&mut caller, "grown");
    for _ in 0..WARM {
        sure(&mut caller, &rights.change());
    }
    let (before, began, mut commands) = (serving.resident(), Instant::now(), 0);
    while commands < least || began.elapsed() < time {
        sure(&mut caller, &rights.change());
        commands += 1;
    }
    let after = serving.resident();
    let mega = |bytes: u64| bytes / (1024 * 1024);
    println!("F24: {} MiB after {WARM} commands, {} MiB after {commands} more", mega(before), mega(after));
    assert!(after < before + MORE, "it grows: from {} to {} MiB", mega(before), mega(after));
}

#[test]
fn f24_work_adds_no_memory() {
    grown(100, Duration::ZERO);
}

#[test]
#[ignore = "an hour: belongs to the long tests"]
fn f24_an_hour_of_work_adds_no_memory() {
    grown(100, Duration::from_secs(3600));
}
