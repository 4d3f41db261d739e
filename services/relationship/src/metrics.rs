//! What relationship measures, beside what every service does.

use runtime::Fault;
use runtime::telemetry::{Kind, Metric};
use wire::relationship as pb;

use crate::{App, store};

/// Order checks.
static DECISIONS: Metric = Metric::new(
    "linkage.order.decisions",
    Kind::Counter,
    "{decision}",
    &["linkage.eligible"],
    "Order checks answered, by whether the order may be placed.",
);

/// Why not.
static REASONS: Metric = Metric::new(
    "linkage.order.reasons",
    Kind::Counter,
    "{reason}",
    &["linkage.reason"],
    "Reasons given why an order may not be placed; one check can give several.",
);

/// The age of knowledge.
static STANDING_AGE: Metric = Metric::new(
    "linkage.standing.age",
    Kind::Gauge,
    "s",
    &[],
    "How old what relationship knows of enrollment is. Past the configured bound, orders are refused for it.",
);

/// All of them.
pub static ALL: &[&Metric] = &[&DECISIONS, &REASONS, &STANDING_AGE];

/// Counts what an order check answered.
pub(crate) fn decided(answer: &pb::OrderEligibility) {
    DECISIONS.tell(1.0, &[if answer.eligible { "true" } else { "false" }]);
    for reason in &answer.reasons {
        let name = reason.reason().as_str_name();
        REASONS.tell(1.0, &[name.trim_start_matches("INELIGIBILITY_REASON_")]);
    }
}

/// Tells how old the knowledge of standing is, once there is any.
pub(crate) async fn measure(app: &App) -> Result<(), Fault> {
    if let Some(as_of) = store::watermark::as_of(app.database().reader()).await? {
        STANDING_AGE.tell((app.now() - as_of).to_std().unwrap_or_default().as_secs_f64(), &[]);
    }
    Ok(())
}
