//! Who was told? Messages asked for by the siblings, written in the recipient's language, queued and delivered.
//!
//! There is no public way to send mail, and nothing here knows what a message is about.

mod config;
mod domain;
mod journal;
mod policy;
mod render;
mod rpc;
mod store;
mod sweep;
mod transport;

pub use config::Config;
use database::migrate::Migrations;
use runtime::{Effect, Fault, Policy, ServiceName};
use tonic::service::Routes;

pub(crate) type App = runtime::App<Notification>;

/// The notification service.
#[derive(Debug, Clone, Default)]
pub struct Notification {
    config: Config,
}

impl Notification {
    /// A service with this configuration.
    pub fn new(config: Config) -> Notification {
        Notification { config }
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
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

    fn effects(_: &domain::Event) -> Vec<Effect> {
        // No sibling asks what became of its messages.
        Vec::new()
    }

    async fn sweep(app: &App) -> Result<usize, Fault> {
        sweep::sweep(app).await
    }
}
