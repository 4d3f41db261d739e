//! Rules that change, as dated data: read from the tables in `data/`, whose sources are named there.

pub(crate) mod address;
pub mod coverage;
pub(crate) mod guide;
pub(crate) mod mail;
pub(crate) mod name;
pub(crate) mod number;
pub(crate) mod phone;
#[cfg(test)]
mod sound;
pub(crate) mod spelling;
mod table;

use chrono::{DateTime, Utc};

use table::{holds, rows};

const PREAPPROVAL: &str = include_str!("../../data/preapproval.csv");

/// Where a rule is from, the day from which it holds, and the day it was read there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) source: &'static str,
    pub(crate) from: &'static str,
    pub(crate) read: &'static str,
}

/// Whether a type of enrollment needs the operator's leave.
pub(crate) fn needs_preapproval(kind: &str, now: DateTime<Utc>) -> bool {
    rows(PREAPPROVAL, ',').any(|[row, from, to, _]| row == kind && holds(from, to, now))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn day(text: &str) -> DateTime<Utc> {
        format!("{text}T12:00:00Z").parse().expect("a day")
    }

    #[test]
    fn every_row_of_every_table_has_a_source_and_a_date() {
        fn files(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
            for entry in std::fs::read_dir(folder).expect("the tables") {
                let path = entry.expect("a file").path();
                if path.is_dir() { files(&path, found) } else { found.push(path) }
            }
        }
        let mut found = Vec::new();
        files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data"), &mut found);
        let is_table = |path: &&std::path::PathBuf| {
            path.extension().is_some_and(|kind| kind == "csv" || kind == "tsv" || kind == "txt")
        };
        let tables: Vec<_> = found.iter().filter(is_table).collect();
        let name = |path: &Path| path.display().to_string();
        let read = |path: &Path| std::fs::read_to_string(path).expect("a table");
        let flaws: Vec<String> = tables.iter().flat_map(|path| sound::flaws(&name(path), &read(path))).collect();
        assert_eq!(flaws, Vec::<String>::new());
        assert!(tables.len() >= 12, "{} tables", tables.len());
    }

    #[test]
    fn r02_new_partners_begin_as_indirect_resellers_from_a_day_on() {
        for kind in ["INDIRECT_PROVIDER", "DIRECT_BILL"] {
            assert!(!needs_preapproval(kind, day("2020-09-30")));
            assert!(needs_preapproval(kind, day("2020-10-01")));
        }
        assert!(!needs_preapproval("INDIRECT_RESELLER", day("2026-01-01")));
    }
}
