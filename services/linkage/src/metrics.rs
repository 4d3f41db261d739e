//! Everything that is measured, and by whom.

use runtime::telemetry::Metric;

/// Each metric with who measures it: every service, or one.
pub fn all() -> impl Iterator<Item = (&'static str, &'static Metric)> {
    let tables = [
        ("every service", runtime::telemetry::metrics::ALL),
        ("relationship", relationship::metrics::ALL),
        ("notification", notification::metrics::ALL),
    ];
    tables.into_iter().flat_map(|(owner, table)| table.iter().map(move |metric| (owner, *metric)))
}
