//! Rules that change, as dated data: read from the tables in `data/`, whose sources are named there.

pub(crate) mod address;
pub mod coverage;
pub(crate) mod guide;
pub(crate) mod mail;
pub(crate) mod name;
pub(crate) mod number;
pub(crate) mod phone;
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
    use super::*;

    fn day(text: &str) -> DateTime<Utc> {
        format!("{text}T12:00:00Z").parse().expect("a day")
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
