//! What the passing of time asks for, each second: the service's sweep, old answers forgotten, the clock read anew.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use database::idempotency;
use futures::FutureExt;
use tokio::time::MissedTickBehavior;

use crate::leases::Leases;
use crate::{App, Fault, Service, clock_service};

const LEASE: &str = "sweep";
const EVERY: Duration = Duration::from_secs(1);
/// How long answers are kept under their request id.
const ANSWERS_KEPT: TimeDelta = TimeDelta::hours(72);
/// Old answers are looked for once in so many seconds.
const PURGE_EVERY: u64 = 600;

pub(crate) struct Ticks<S: Service> {
    app: App<S>,
    leases: Arc<Leases>,
}

impl<S: Service> Ticks<S> {
    pub(crate) fn new(app: App<S>, leases: Arc<Leases>) -> Ticks<S> {
        Ticks { app, leases }
    }

    pub(crate) async fn run(&self) {
        let mut ticks = tokio::time::interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for count in 0u64.. {
            ticks.tick().await;
            match AssertUnwindSafe(self.tick(count)).catch_unwind().await {
                Ok(Ok(())) => {}
                Ok(Err(fault)) => tracing::warn!(%fault, "the sweep failed"),
                Err(_) => tracing::error!("the sweep panicked; it goes on"),
            }
        }
    }

    async fn tick(&self, count: u64) -> Result<(), Fault> {
        clock_service::refresh(&self.app).await?;
        self.once().await?;
        if count.is_multiple_of(PURGE_EVERY) && self.leases.get(LEASE).await?.is_some() {
            idempotency::purge(self.app.database(), self.app.now() - ANSWERS_KEPT).await?;
        }
        Ok(())
    }

    /// The service's sweep, if this process is the one to do it; says how many rows it moved.
    pub(crate) async fn once(&self) -> Result<usize, Fault> {
        if self.leases.get(LEASE).await?.is_none() {
            return Ok(0);
        }
        S::sweep(&self.app).await
    }
}
