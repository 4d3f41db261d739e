//! Kills leave nothing lost and nothing doubled: twice here, twenty times in the binary `long`.

use crate::kills;
use crate::program::Place;

#[test]
#[expect(clippy::print_stdout, reason = "a run that failed is repeated by its seed")]
fn two_kills_leave_the_trail_of_a_run_without() {
    let seed = kills::seed();
    println!("LINKAGE_TEST_SEED={seed}");
    let differences = kills::differences([&Place::new(), &Place::new()], &[], &kills::moments(seed, 2));
    assert!(differences.is_empty(), "\n{}\n", differences.join("\n"));
}
