//! The section of the configuration that is this service's own.

use chrono::TimeDelta;
use serde::Deserialize;

use crate::domain::Tries;

/// How mail is sent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Whom mail is from, as it stands in the header.
    pub from: String,
    /// How often a message is tried before it waits for the operator.
    pub attempts: u32,
    /// The longest rest after the first try, in seconds; doubled with each further one.
    pub first_pause_seconds: u32,
    /// The longest rest of all, in seconds.
    pub longest_pause_seconds: u32,
    /// Domains that the simulated transport can't reach for now.
    pub unreachable_domains: Vec<String>,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            from: "Linkage <no-reply@linkage.example>".to_owned(),
            attempts: 16,
            first_pause_seconds: 1,
            longest_pause_seconds: 600,
            unreachable_domains: Vec::new(),
        }
    }
}

impl Config {
    pub(crate) fn tries(&self) -> Tries {
        Tries {
            most: self.attempts,
            first: TimeDelta::seconds(self.first_pause_seconds.into()),
            longest: TimeDelta::seconds(self.longest_pause_seconds.into()),
        }
    }
}
