//! What is measured by looking, now and then: queues, connections, readiness.

use std::time::Duration;

use database::outbox;

use crate::telemetry::metrics;
use crate::{App, Fault, Service};

/// Between two looks; a collector is told less often.
const EVERY: Duration = Duration::from_secs(15);

/// Looks again and again. Each replica does, so whoever reads takes the largest.
pub(crate) async fn keep_told<S: Service>(app: App<S>) {
    loop {
        if let Err(fault) = look(&app).await {
            tracing::debug!(%fault, "the queues can't be measured");
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn look<S: Service>(app: &App<S>) -> Result<(), Fault> {
    let service = S::NAME.as_str();
    let pool = app.database().pool();
    metrics::CONNECTIONS.tell(f64::from(pool.used), &[service, "used"]);
    metrics::CONNECTIONS.tell(f64::from(pool.idle), &[service, "idle"]);
    metrics::MOST_CONNECTIONS.tell(f64::from(pool.most), &[service]);
    let backlog = outbox::backlog(app.database().reader()).await?;
    metrics::OUTBOX_ROWS.tell(backlog.waiting as f64, &[service, "waiting"]);
    metrics::OUTBOX_ROWS.tell(backlog.parked as f64, &[service, "parked"]);
    let age = backlog.since.map(|since| app.now() - since).and_then(|age| age.to_std().ok()).unwrap_or_default();
    metrics::OUTBOX_AGE.tell(age.as_secs_f64(), &[service]);
    S::measure(app).await
}
