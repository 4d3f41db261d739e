//! What the kernel knows of a process: its processor time and its memory.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// Linux tells processor time in hundredths of a second, on every architecture.
const TICK: Duration = Duration::from_millis(10);

/// A process by its number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pid(pub(crate) u32);

impl Pid {
    /// Time on a processor so far, its own and the kernel's for it.
    pub(crate) fn cpu(self) -> Result<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0)).context("the process is gone")?;
        // The name in parentheses may hold anything; the fields are counted after it.
        let fields: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
        let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<u32>().ok());
        let (user, system) = ticks(11).zip(ticks(12)).context("the process tells no times")?;
        Ok(TICK * (user + system))
    }

    /// Memory in place, in megabytes.
    pub(crate) fn memory(self) -> Result<f64> {
        self.megabytes("VmRSS:")
    }

    /// What of it is no page of a file: those of the program come and go with how the page cache holds them.
    pub(crate) fn own_memory(self) -> Result<f64> {
        self.megabytes("RssAnon:")
    }

    fn megabytes(self, of: &str) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0)).context("the process is gone")?;
        let line = status.lines().find_map(|line| line.strip_prefix(of)).with_context(|| format!("no {of}"))?;
        let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kilobytes / 1024.0)
    }
}
