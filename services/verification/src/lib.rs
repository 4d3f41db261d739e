//! Is it true? E-mail verifications, vetting cases and the reviewers' queue.

mod config;
mod deadlines;
mod domain;
mod effects;
mod error;
mod journal;
mod questions;
mod store;

pub use config::Config;
