//! Who was told? Messages asked for by the siblings, written in the recipient's language, queued and delivered.
//!
//! There is no public way to send mail, and nothing here knows what a message is about.

mod config;
mod courier;
mod domain;
mod effects;
mod journal;
pub mod metrics;
mod mime;
mod policy;
mod render;
mod rpc;
mod store;
mod transport;

use std::sync::Arc;

pub use config::{Config, ConfigError, Encryption, Server, Way};
use courier::Courier;
use database::migrate::Migrations;
use runtime::{Effect, Fault, Policy, ServiceName};
use tokio::sync::Semaphore;
use tonic::service::Routes;
use transport::Transport;

pub(crate) type App = runtime::App<Notification>;
type Change = runtime::Change<Notification>;

/// The notification service.
#[derive(Debug, Clone)]
pub struct Notification(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    config: Config,
    transport: Transport,
    courier: Courier,
    /// Places for those who watch.
    watchers: Arc<Semaphore>,
}

/// As many may watch one process at once.
const WATCHERS: usize = 32;

impl Notification {
    /// A service with this configuration, made inside the runtime that it will work in. Its words are read through here: a
    /// language that lacks some would be noticed by its readers alone.
    pub fn new(config: Config) -> Result<Notification, ConfigError> {
        render::check().map_err(ConfigError::Words)?;
        let transport = Transport::open(&config)?;
        let courier = Courier::new(&config);
        let watchers = Arc::new(Semaphore::new(WATCHERS));
        Ok(Notification(Arc::new(Parts { config, transport, courier, watchers })))
    }

    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.0.transport
    }

    pub(crate) fn watchers(&self) -> Arc<Semaphore> {
        Arc::clone(&self.0.watchers)
    }

    pub(crate) fn courier(&self) -> &Courier {
        &self.0.courier
    }
}

impl runtime::Service for Notification {
    type Event = domain::Event;

    const NAME: ServiceName = ServiceName::Notification;
    const POLICY: Policy = policy::POLICY;

    fn migrations() -> Migrations {
        Migrations(vec![Box::new(store::migrations::Tables)])
    }

    fn routes(app: App) -> Routes {
        rpc::routes(&app)
    }

    fn effects(event: &domain::Event) -> Vec<Effect> {
        effects::of(event)
    }

    async fn sweep(app: &App) -> Result<usize, Fault> {
        app.service().courier().pass(app).await
    }

    async fn measure(app: &App) -> Result<(), Fault> {
        metrics::measure(app).await
    }

    async fn drain(app: &App) {
        app.service().courier().drain().await;
    }
}
