//! What is too slow for every change. One command runs it all:
//! `cargo test --workspace --test long -- --ignored --nocapture`
#![cfg(test)]

#[path = "../processes/kills.rs"]
mod kills;
#[path = "../processes/program.rs"]
mod program;
#[path = "../processes/trail.rs"]
mod trail;

mod proxy;
mod twenty_kills;
