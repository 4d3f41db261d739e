//! The one binary as a library: the suite, the configuration, and what each command does.

pub mod audit;
pub mod bootstrap;
pub mod calls;
pub mod cli;
pub mod client;
pub mod demo;
pub mod doctor;
pub mod keys;
pub mod mail;
pub mod metrics;
pub mod migrate;
pub mod people;
pub mod play;
pub mod rules;
pub mod serve;
pub mod settings;
pub mod suite;
pub mod token;

pub use client::{Answer, Client};
pub use runtime::ServiceName;
pub use runtime::keys::SigningKey;
pub use settings::Settings;
pub use suite::{Mode, Suite};
