//! What is too slow for every change. One command runs it all:
//! `cargo test --workspace --test long -- --ignored --nocapture`
#![cfg(test)]

mod caller;
mod clocks;
mod disk;
mod effects;
mod frozen;
#[path = "../processes/kills.rs"]
mod kills;
#[path = "../processes/program.rs"]
mod program;
mod signals;
#[path = "../processes/trail.rs"]
mod trail;

mod faults;
mod four;
mod load;
mod oracle;
mod pair;
mod proxy;
mod twenty_kills;
