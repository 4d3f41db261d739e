//! What every service measures. What only one does stands in a table of its own.

use super::metric::{Kind, Metric};

/// Calls answered.
pub(crate) static ANSWERED: Metric = Metric::new(
    "rpc.server.call.duration",
    Kind::Histogram,
    "s",
    &["rpc.system.name", "rpc.method", "rpc.response.status_code", "error.type"],
    "How long calls took until their answer began.",
);

/// Calls of siblings.
pub(crate) static ASKED: Metric = Metric::new(
    "rpc.client.call.duration",
    Kind::Histogram,
    "s",
    &["rpc.system.name", "rpc.method", "rpc.response.status_code", "error.type", "server.address"],
    "How long calls of siblings took until their answer began.",
);

/// Calls that are being answered.
pub(crate) static UNDER_WAY: Metric =
    Metric::new("linkage.server.calls", Kind::UpDown, "{call}", &[], "Calls that are being answered.");

/// Calls that the guard let in to no handler.
pub(crate) static REFUSED: Metric = Metric::new(
    "linkage.guard.refusals",
    Kind::Counter,
    "{call}",
    &["rpc.method", "linkage.reason"],
    "Calls refused before any handler, by reason.",
);

/// Panics.
pub(crate) static PANICS: Metric =
    Metric::new("linkage.panics", Kind::Counter, "{panic}", &[], "Panics, each of which cost one call or one pass.");

/// Statements.
pub(crate) static STATEMENTS: Metric = Metric::new(
    "db.client.operation.duration",
    Kind::Histogram,
    "s",
    &["db.system.name", "db.namespace", "db.operation.name", "error.type"],
    "How long statements took.",
);

/// Connections.
pub(crate) static CONNECTIONS: Metric = Metric::new(
    "db.client.connection.count",
    Kind::Gauge,
    "{connection}",
    &["db.client.connection.pool.name", "db.client.connection.state"],
    "Connections of the pool, used and idle.",
);

/// The size of the pool.
pub(crate) static MOST_CONNECTIONS: Metric = Metric::new(
    "db.client.connection.max",
    Kind::Gauge,
    "{connection}",
    &["db.client.connection.pool.name"],
    "As many connections as the pool may have.",
);

/// Transactions run again.
pub(crate) static RETRIES: Metric = Metric::new(
    "linkage.transaction.retries",
    Kind::Counter,
    "{retry}",
    &["linkage.service"],
    "Transactions that were run again because somebody else was faster.",
);

/// Deliveries.
pub(crate) static DELIVERIES: Metric = Metric::new(
    "linkage.relay.deliveries",
    Kind::Counter,
    "{delivery}",
    &["linkage.service", "linkage.destination", "linkage.outcome"],
    "Attempts to deliver a row of the outbox, by outcome: delivered, failed or parked.",
);

/// From commit to delivery.
pub(crate) static DELAY: Metric = Metric::new(
    "linkage.relay.delay",
    Kind::Histogram,
    "s",
    &["linkage.service", "linkage.destination"],
    "How long what was delivered had waited since it was written.",
);

/// The outbox.
pub(crate) static OUTBOX_ROWS: Metric = Metric::new(
    "linkage.outbox.rows",
    Kind::Gauge,
    "{row}",
    &["linkage.service", "linkage.state"],
    "Rows of the outbox that are waiting, and those that are parked for an operator.",
);

/// How far the outbox is behind.
pub(crate) static OUTBOX_AGE: Metric = Metric::new(
    "linkage.outbox.oldest.age",
    Kind::Gauge,
    "s",
    &["linkage.service"],
    "How long the oldest row of the outbox that is not parked has waited; 0 where none does.",
);

/// Readiness.
pub(crate) static READY: Metric = Metric::new(
    "linkage.ready",
    Kind::Gauge,
    "{service}",
    &["linkage.service"],
    "1 while the service can serve, 0 while its database is away.",
);

/// What the exporters lost.
pub(crate) static LOST: Metric = Metric::new(
    "linkage.telemetry.lost",
    Kind::Counter,
    "{item}",
    &["linkage.signal"],
    "Spans and log records that the collector did not take in time.",
);

/// What the library counts of itself: named here for those who read and for dashboards.
static SPANS_PROCESSED: Metric = Metric::new(
    "otel.sdk.processor.span.processed",
    Kind::Counter,
    "{span}",
    &["otel.component.type", "otel.component.name", "error.type"],
    "Spans that left the queue of those to be sent; with error.type queue_full, those that were dropped as it was full.",
);

/// The same of log records.
static LOGS_PROCESSED: Metric = Metric::new(
    "otel.sdk.processor.log.processed",
    Kind::Counter,
    "{log_record}",
    &["otel.component.type", "otel.component.name", "error.type"],
    "Log records that left the queue of those to be sent; with error.type queue_full, those that were dropped as it was full.",
);

/// Tells what is only counted when something goes wrong that nothing has: of a counter that begins with one, no growth is seen.
pub(super) fn begin() {
    PANICS.tell(0.0, &[]);
    ["traces", "logs"].into_iter().for_each(|signal| LOST.tell(0.0, &[signal]));
}

/// All of them.
pub static ALL: &[&Metric] = &[
    &ANSWERED,
    &ASKED,
    &UNDER_WAY,
    &REFUSED,
    &PANICS,
    &STATEMENTS,
    &CONNECTIONS,
    &MOST_CONNECTIONS,
    &RETRIES,
    &DELIVERIES,
    &DELAY,
    &OUTBOX_ROWS,
    &OUTBOX_AGE,
    &READY,
    &LOST,
    &SPANS_PROCESSED,
    &LOGS_PROCESSED,
];
