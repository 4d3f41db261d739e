//! How long a suspension in enrollment takes until no order can be placed, with everything running by itself.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{Stage, each};
use crate::scenes::{Channel, reasons};

const ROUNDS: usize = 20;
/// A busy machine's patience: what is asked is that it comes, and how soon is told.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks until the check gives these reasons; how long that took since then.
async fn until(stage: &mut Stage, channel: &Channel, expected: &[&str], since: Instant) -> Duration {
    loop {
        let check = stage.order_check(channel).await;
        if reasons(&check) == expected {
            return since.elapsed();
        }
        assert!(since.elapsed() < PATIENCE, "{expected:?} never comes: {check:#}");
    }
}

#[expect(clippy::print_stdout, reason = "a run tells what it has measured")]
#[tokio::test(flavor = "multi_thread")]
async fn r43_a_suspension_in_enrollment_reaches_the_order_check_and_its_lag_is_told() {
    each(async |stage| {
        let channel = stage.channel().await;
        let (operator, enrollment) = (stage.operator(), channel.partnership.reseller.enrollment.clone());
        stage.let_run().await;
        until(stage, &channel, &[], Instant::now()).await;
        let mut lags = Vec::new();
        for _ in 0..ROUNDS {
            let why = |reason: &str| -> Value {
                json!({ "name": enrollment, "reason": reason, "reason_text": "The invoice of May." })
            };
            stage.ok(&operator, "enrollment.EnrollmentService/SuspendEnrollment", why("INVOICE_OVERDUE")).await;
            lags.push(until(stage, &channel, &["RESELLER_NOT_ACTIVE"], Instant::now()).await);
            stage.ok(&operator, "enrollment.EnrollmentService/ResumeEnrollment", why("INVOICE_PAID")).await;
            until(stage, &channel, &[], Instant::now()).await;
        }
        lags.sort_unstable();
        let name = if stage.can_be_replicated() { "PostgreSQL" } else { "SQLite" };
        println!("suspension to no on {name}: p50 {:?}, p99 {:?}, of {ROUNDS}", lags[ROUNDS / 2], lags[ROUNDS - 1]);
    })
    .await;
}
