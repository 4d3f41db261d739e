//! The few expressions that the two databases spell differently.

use crate::cast::{Of, PREFIX, digits};
use crate::suite::Backing;

/// How a database spells an id, an instant and a row of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

/// Rows are two months old at most, a second apart from each other.
const OLDEST_SECONDS: u32 = 60 * 86_400;

impl Dialect {
    pub(super) fn of(backing: Backing<'_>) -> Dialect {
        match backing {
            Backing::Sqlite => Dialect::Sqlite,
            Backing::Postgres(_) => Dialect::Postgres,
        }
    }

    /// The id of this number.
    pub(super) fn id(self, of: Of, n: &str) -> String {
        let first = digits(of, 0);
        match self {
            Dialect::Sqlite => format!("unhex('{PREFIX}' || ({first} + ({n})))"),
            Dialect::Postgres => format!("('{PREFIX}' || ({first} + ({n})))::uuid"),
        }
    }

    /// The address of its administrator.
    pub(super) fn email(self, of: Of, n: &str) -> String {
        format!("'admin@' || ({} + ({n})) || '.example'", digits(of, 0))
    }

    /// An instant of the past.
    pub(super) fn time(self, second: &str) -> String {
        match self {
            Dialect::Sqlite => format!(
                "strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now', '-{OLDEST_SECONDS} seconds', '+' || ({second}) || ' seconds')"
            ),
            Dialect::Postgres => {
                format!("date_trunc('second', now()) + (({second}) - {OLDEST_SECONDS}) * interval '1 second'")
            }
        }
    }

    /// When what is open now ends.
    pub(super) fn in_a_month(self) -> String {
        match self {
            Dialect::Sqlite => "strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now', '+30 days')".to_owned(),
            Dialect::Postgres => "date_trunc('second', now()) + interval '30 days'".to_owned(),
        }
    }

    /// The numbers from 0, as `i`.
    pub(super) fn series(self, count: u64) -> String {
        match self {
            Dialect::Sqlite => format!(
                "(WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s WHERE i + 1 < {count}) SELECT i FROM s) s"
            ),
            Dialect::Postgres => format!("generate_series(0, {count}::bigint - 1) AS s(i)"),
        }
    }
}
