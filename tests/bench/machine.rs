//! On what was measured: without it no figure means anything.

use std::fs;
use std::process::Command;

use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Machine {
    pub(crate) date: String,
    /// The commit that was measured, with a `+` where files differed from it.
    pub(crate) commit: String,
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) memory_gb: u64,
    pub(crate) system: String,
    pub(crate) postgres: String,
}

impl Machine {
    pub(crate) fn this(postgres: &str) -> Machine {
        let processor = file("/proc/cpuinfo", "model name").trim_start_matches([' ', '\t', ':']).to_owned();
        let memory = file("/proc/meminfo", "MemTotal:").trim().trim_end_matches(" kB").parse::<u64>();
        let changed = command("git", &["status", "--porcelain", "--untracked-files=no"]);
        let mark = if changed.is_empty() { "" } else { "+" };
        Machine {
            date: runtime::clock::system_time().format("%Y-%m-%d").to_string(),
            commit: format!("{}{mark}", command("git", &["rev-parse", "--short=12", "HEAD"])),
            processor,
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_gb: memory.map_or(0, |kilobytes| kilobytes.div_ceil(1 << 20)),
            system: command("uname", &["-sr"]),
            postgres: postgres.to_owned(),
        }
    }
}

/// What follows the word in the first line that begins with it.
fn file(path: &str, word: &str) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().find_map(|line| line.strip_prefix(word)).unwrap_or_default().to_owned()
}

fn command(program: &str, arguments: &[&str]) -> String {
    let ended = Command::new(program).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output();
    ended.map(|ended| String::from_utf8_lossy(&ended.stdout).trim().to_owned()).unwrap_or_default()
}
