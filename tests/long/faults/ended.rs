//! F2: all four services are killed at once, again and again, with commands under way.

use linkage::ServiceName;

use super::{hold, scene};
use crate::load::{Rights, once, sure};

/// So many commands come before each kill.
const COMMANDS: usize = 5;

fn ended(rounds: usize) {
    let Some((mut four, mut caller)) = scene() else { return };
    let mut rights = Rights::found(&mut caller, "ended");
    for _ in 0..rounds {
        for _ in 0..COMMANDS {
            sure(&mut caller, &rights.change());
        }
        // What was told to nobody yet dies with whoever would have told it.
        for service in ServiceName::ALL {
            four.kill(service);
        }
        let lost = rights.change();
        assert!(once(&mut caller, &lost).is_none(), "nobody answers");
        four.begin(&ServiceName::ALL);
        sure(&mut caller, &lost);
    }
    hold("F2 all services killed at once", rounds, &four, &mut caller);
}

#[test]
fn f02_all_services_killed_at_once_need_no_hand_and_lose_nothing() {
    ended(2);
}

#[test]
#[ignore = "minutes: belongs to the long tests"]
fn f02_all_services_killed_at_once_need_no_hand_and_lose_nothing_200_times() {
    ended(200);
}
