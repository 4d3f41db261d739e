//! What the command line asks for.

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

/// Measures the service beside its yardsticks and says which targets are met.
///
/// A full run writes docs/performance.md, docs/performance.json and docs/performance.svg; with --quick or --only it prints what
/// they would say and writes none of them. Needs PostgreSQL's server programs with pgbench (`apt-get install postgresql`).
#[derive(Debug, Clone, Parser)]
#[command(name = "cargo bench --workspace --bench bench --", no_binary_name = false)]
pub(crate) struct Options {
    /// One-second rounds, two of each: to see that all works, not to believe a figure.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Only these rows, such as C1,W2; what is measured together comes together.
    #[arg(long, value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Write the figures as JSON to this file too.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Customers of the channel that is measured, a multiple of 100; S1 compares them with a hundredth. 1000000 is S1's far end.
    #[arg(long, default_value_t = 100_000)]
    pub(crate) customers: u64,
    /// Serve the yardstick (what the bench starts for itself), on SQLite with the look-ups of this database.
    #[arg(long, hide = true, num_args = 0..=1, default_missing_value = "", value_name = "DATABASE")]
    pub(crate) yardstick: Option<String>,
    /// Given by cargo.
    #[arg(long, hide = true)]
    pub(crate) bench: bool,
}

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    /// Rounds of each, the yardstick's between ours.
    pub(crate) rounds: usize,
    /// How long one round lasts.
    pub(crate) round: Duration,
    /// How often what is no rate is repeated.
    pub(crate) repeats: usize,
    /// Customers of the large channel; the small one has a hundredth.
    pub(crate) customers: u64,
}

impl Options {
    pub(crate) fn effort(&self) -> Effort {
        if self.quick {
            Effort { rounds: 2, round: Duration::from_secs(1), repeats: 10, customers: self.customers }
        } else {
            Effort { rounds: 5, round: Duration::from_secs(3), repeats: 200, customers: self.customers }
        }
    }

    /// Whether any of these rows is asked for.
    pub(crate) fn wants(&self, rows: &[&str]) -> bool {
        self.only.is_empty() || rows.iter().any(|row| self.only.iter().any(|only| only.eq_ignore_ascii_case(row)))
    }

    /// Whether the documents are written: only of everything, measured in full.
    pub(crate) fn is_full(&self) -> bool {
        !self.quick && self.only.is_empty()
    }
}

impl Effort {
    /// Small enough for every test run: that it works, not how fast.
    pub(crate) const TRIAL: Effort =
        Effort { rounds: 1, round: Duration::from_millis(100), repeats: 1, customers: 1_000 };

    pub(crate) fn is_trial(self) -> bool {
        self.round < Duration::from_secs(1)
    }
}
