//! What is too slow for every change. One command runs it all, one after the other since most keep two cores busy:
//! `cargo test --release --workspace --test long -- --ignored --nocapture --test-threads=1`
//!
//! `faults` are those of processes, connections and databases, most on PostgreSQL: F1 and F7 in `killed`, F2 in `ended`, F4 in
//! `crashed`, F5 in `halted`, F6 in `crowded`, F8 in `parted`, F9 in `replayed`, F10 in `poisoned`, F24 in `grown`, F25 in
//! `restored`. Most happen to `four` processes with a `proxy` on each of their ways; `load` sends commands, and the `oracle` compares
//! tables, journals and answers with what was acknowledged. Each row runs in a short form with all tests and in a long one here.
//! F18 is `rolling`, and in it, on the same eight processes, PostgreSQL stopped for ten seconds; F16, F17 and F23 are in the binary `processes`; F22 is the data layer's
//! (`crates/database/tests/contract/forced.rs`). `hostile` is who attacks by HTTP/2, and more calls than can be answered.
//!
//! Beside the sources that they are of, with `-- --ignored` too: a million entries verified (`--test contract -- verify`), and the journal
//! watched for a minute while twenty write (`--test node -- storm`). And all stories again, each listened to at every level, its log and its
//! journals searched when it ends: `LINKAGE_TEST_SEARCH_LOGS=1 cargo test --workspace --test journeys`.
#![cfg(test)]

mod caller;
mod clocks;
mod contests;
mod disk;
mod effects;
mod frozen;
#[path = "../journeys/harness.rs"]
#[expect(dead_code, reason = "stories need more of the stage than random journeys")]
mod harness;
#[path = "../processes/kills.rs"]
mod kills;
#[path = "../processes/program.rs"]
mod program;
mod random;
#[path = "../journeys/scenes.rs"]
#[expect(dead_code, reason = "random journeys and contests need a part of the scenes")]
mod scenes;
mod signals;
#[path = "../processes/trail.rs"]
mod trail;

mod faults;
mod four;
mod health;
mod hostile;
mod listing;
mod load;
mod oracle;
mod pair;
mod proxy;
mod rolling;
mod twenty_kills;
