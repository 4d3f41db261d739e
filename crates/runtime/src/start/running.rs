//! A service at work, and its end.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use database::outbox;
use futures::future::BoxFuture;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use tonic::transport;

use super::Transport;
use crate::health::Health;
use crate::leases::Leases;
use crate::numbering::Numbering;
use crate::relay::Relay;
use crate::tick::Ticks;
use crate::{App, Fault, Service, ServiceName, access, clock_service, levels, telemetry};

/// How long calls and deliveries that are under way may take to end.
const DRAIN: Duration = Duration::from_secs(25);
/// As many rows of the outbox as are worth showing at once.
const ROWS: u64 = 10_000;

/// A service that runs. Dropping it ends it at once; [`Running::stop`] ends it well.
pub struct Running<S: Service> {
    pub(super) app: App<S>,
    pub(super) address: SocketAddr,
    pub(super) relay: Arc<Relay<S>>,
    pub(super) numbering: Arc<Numbering<S>>,
    pub(super) ticks: Arc<Ticks<S>>,
    pub(super) leases: Arc<Leases>,
    pub(super) health: Arc<Health>,
    pub(super) transport: Arc<Transport>,
    pub(super) stop: CancellationToken,
    pub(super) tasks: TaskTracker,
    pub(super) _end: DropGuard,
}

impl<S: Service> Running<S> {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The service at work.
    pub fn app(&self) -> &App<S> {
        &self.app
    }

    /// Delivers every outbox row that is due, in order; says how many were delivered or failed.
    pub async fn relay_once(&self) -> Result<usize, Fault> {
        self.relay.once().await
    }

    /// Numbers the journal's new entries; says how many.
    pub async fn number_once(&self) -> Result<usize, Fault> {
        self.numbering.once().await
    }

    /// Writes down what time alone has changed; says how many rows moved.
    pub async fn sweep_once(&self) -> Result<usize, Fault> {
        self.ticks.once().await
    }

    /// Reads anew which rights were taken away, and the clock's offset.
    pub async fn refresh_access(&self) -> Result<(), Fault> {
        clock_service::refresh(&self.app).await?;
        self.app.refresh_access().await
    }

    /// Asks for the keys of access tokens anew, unless it has them itself.
    pub async fn refresh_keys(&self) -> Result<(), Fault> {
        self.app.floor().access.reload().await
    }

    /// Reads the files of certificate and authorities anew.
    pub async fn refresh_files(&self) {
        self.transport.look().await;
    }

    /// All that waits for delivery, due or not, parked or not.
    pub async fn outbox_rows(&self) -> Result<Vec<outbox::Row>, Fault> {
        Ok(outbox::all(self.app.database().reader(), ROWS).await?)
    }

    /// Stops it: says that it no longer serves, lets calls and deliveries end (25 seconds at most), gives leases back and
    /// closes the database.
    pub async fn stop(self) {
        self.health.drain().await;
        self.stop.cancel();
        self.health.end_watches().await;
        self.tasks.close();
        let ended = async {
            self.tasks.wait().await;
            S::drain(&self.app).await;
        };
        if tokio::time::timeout(DRAIN, ended).await.is_err() {
            tracing::warn!(service = %S::NAME, "calls that did not end in time were cut off");
        }
        self.leases.release().await;
        self.app.database().clone().close().await;
        tracing::info!(service = %S::NAME, "stopped");
    }

    pub(super) fn spawn_server(&self, serving: impl Future<Output = Result<(), transport::Error>> + Send + 'static) {
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            if let Err(error) = serving.await {
                tracing::error!(%error, "the server ended");
            }
            stop.cancel();
        });
    }

    pub(super) fn spawn_health(&self) {
        let (app, health) = (self.app.clone(), Arc::clone(&self.health));
        self.spawn(async move { health.run(app.database()).await });
    }

    pub(super) fn spawn_background(&self) {
        let (numbering, ticks) = (Arc::clone(&self.numbering), Arc::clone(&self.ticks));
        self.spawn(async move { numbering.run().await });
        self.spawn(async move { ticks.run().await });
        let transport = Arc::clone(&self.transport);
        self.spawn(async move { transport.keep_fresh().await });
        if telemetry::is_on() {
            self.spawn(levels::keep_told(self.app.clone()));
        }
        // These two look for the end by themselves.
        let relay = Arc::clone(&self.relay);
        self.tasks.spawn(async move { relay.run().await });
        self.tasks.spawn(access::keep_fresh(self.app.clone(), self.stop.clone()));
    }

    /// Runs until the end, where it is dropped: a transaction under way is rolled back.
    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            stop.run_until_cancelled(work).await;
        });
    }
}

/// A running service without its type. It exists because one process and one suite hold all four in one list: their types
/// differ, what is done to them does not.
pub trait Node: Send + Sync {
    /// Which of the four it is.
    fn name(&self) -> ServiceName;
    /// Where it listens.
    fn address(&self) -> SocketAddr;
    /// See [`Running::relay_once`].
    fn relay_once(&self) -> BoxFuture<'_, Result<usize, Fault>>;
    /// See [`Running::number_once`].
    fn number_once(&self) -> BoxFuture<'_, Result<usize, Fault>>;
    /// See [`Running::sweep_once`].
    fn sweep_once(&self) -> BoxFuture<'_, Result<usize, Fault>>;
    /// See [`Running::refresh_access`].
    fn refresh_access(&self) -> BoxFuture<'_, Result<(), Fault>>;
    /// See [`Running::refresh_keys`].
    fn refresh_keys(&self) -> BoxFuture<'_, Result<(), Fault>>;
    /// See [`Running::outbox_rows`].
    fn outbox_rows(&self) -> BoxFuture<'_, Result<Vec<outbox::Row>, Fault>>;
    /// Ends when the service was told to stop or its server ended by itself.
    fn ended(&self) -> BoxFuture<'_, ()>;
    /// See [`Running::stop`].
    fn stop(self: Box<Self>) -> BoxFuture<'static, ()>;
}

impl<S: Service> Node for Running<S> {
    fn name(&self) -> ServiceName {
        S::NAME
    }

    fn address(&self) -> SocketAddr {
        self.address
    }

    fn relay_once(&self) -> BoxFuture<'_, Result<usize, Fault>> {
        Box::pin(Running::relay_once(self))
    }

    fn number_once(&self) -> BoxFuture<'_, Result<usize, Fault>> {
        Box::pin(Running::number_once(self))
    }

    fn sweep_once(&self) -> BoxFuture<'_, Result<usize, Fault>> {
        Box::pin(Running::sweep_once(self))
    }

    fn refresh_access(&self) -> BoxFuture<'_, Result<(), Fault>> {
        Box::pin(Running::refresh_access(self))
    }

    fn refresh_keys(&self) -> BoxFuture<'_, Result<(), Fault>> {
        Box::pin(Running::refresh_keys(self))
    }

    fn outbox_rows(&self) -> BoxFuture<'_, Result<Vec<outbox::Row>, Fault>> {
        Box::pin(Running::outbox_rows(self))
    }

    fn ended(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.stop.cancelled())
    }

    fn stop(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(Running::stop(*self))
    }
}
