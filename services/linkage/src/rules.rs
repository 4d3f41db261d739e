//! `linkage rules`: which rules are known of how many markets, and from where.

use std::process::ExitCode;

use chrono::{DateTime, Utc};
use enrollment::coverage;

use crate::cli::{Format, Rules};
use crate::serve::print;

/// Prints the coverage as of today.
pub fn run(arguments: &Rules) -> anyhow::Result<ExitCode> {
    let now: DateTime<Utc> = runtime::clock::system_time();
    match arguments.format {
        Format::Plain => print(coverage::table(now).trim_end()),
        Format::Json => {
            for known in coverage::all(now) {
                print(&serde_json::to_string(&known)?);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
