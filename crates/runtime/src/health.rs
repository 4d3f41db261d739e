//! Whether calls can be served now (per gRPC service and as a whole), and whether the process lives at all.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use database::Database;
use tonic_health::ServingStatus;
use tonic_health::pb::health_server::{self, HealthServer};
use tonic_health::server::{HealthReporter, health_reporter};

use crate::ServiceName;
use crate::telemetry::metrics;

const EVERY: Duration = Duration::from_secs(5);
/// A database that takes longer to answer is as good as away.
const PATIENCE: Duration = Duration::from_secs(3);
/// Serving as long as the process can answer, whatever its database does: a restart would not help.
const LIVENESS: &str = "liveness";

pub(crate) struct Health {
    reporter: HealthReporter,
    names: Vec<&'static str>,
    draining: AtomicBool,
    service: ServiceName,
}

impl Health {
    /// Not serving until first told otherwise.
    pub(crate) async fn new(
        service: ServiceName,
        services: Vec<&'static str>,
    ) -> (Health, HealthServer<impl health_server::Health>) {
        let (reporter, server) = health_reporter();
        let names = std::iter::once("").chain(services).collect();
        let health = Health { reporter, names, draining: AtomicBool::new(false), service };
        health.tell(ServingStatus::NotServing).await;
        health.reporter.set_service_status(LIVENESS, ServingStatus::Serving).await;
        (health, server)
    }

    /// Asks the database again and again.
    pub(crate) async fn run(&self, database: &Database) {
        loop {
            self.look(database).await;
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Tells what the database says now.
    pub(crate) async fn look(&self, database: &Database) {
        let well = matches!(tokio::time::timeout(PATIENCE, database.ping()).await, Ok(Ok(())));
        if !well {
            tracing::warn!("the database does not answer");
        }
        let draining = self.draining.load(Ordering::SeqCst);
        // Whoever ends has no last word to a collector but its health: a release would look like a failure for as long as that word is kept.
        if !draining {
            metrics::READY.tell(f64::from(u8::from(well)), &[self.service.as_str()]);
        }
        self.tell(if well && !draining { ServingStatus::Serving } else { ServingStatus::NotServing }).await;
    }

    /// Not serving from now on, for good.
    pub(crate) async fn drain(&self) {
        self.draining.store(true, Ordering::SeqCst);
        self.tell(ServingStatus::NotServing).await;
    }

    /// Ends the streams of those who watch, which would else hold up the server's end.
    pub(crate) async fn end_watches(&self) {
        let mut reporter = self.reporter.clone();
        for name in self.names.iter().chain([&LIVENESS]) {
            reporter.clear_service_status(name).await;
        }
    }

    async fn tell(&self, status: ServingStatus) {
        for name in &self.names {
            self.reporter.set_service_status(name, status).await;
        }
    }
}
