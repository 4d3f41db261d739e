//! Is it true? E-mail verifications, vetting cases and the reviewers' queue.

mod config;
mod deadlines;
mod domain;
mod effects;
mod error;
mod journal;
mod link;
mod policy;
mod questions;
mod rpc;
mod store;
mod sweep;

use database::migrate::Migrations;
use runtime::{Effect, Fault, Policy, Service, ServiceName};
use tonic::service::Routes;

pub use config::Config;

type App = runtime::App<Verification>;
type Change = runtime::Change<Verification>;

/// The verification service.
#[derive(Debug)]
pub struct Verification {
    config: Config,
}

impl Verification {
    /// The service with this configuration.
    pub fn new(config: Config) -> Verification {
        Verification { config }
    }
}

impl Service for Verification {
    type Event = domain::Event;

    const NAME: ServiceName = ServiceName::Verification;

    const POLICY: Policy = policy::POLICY;

    fn migrations() -> Migrations {
        store::migrations()
    }

    fn routes(app: App) -> Routes {
        rpc::routes(&app)
    }

    fn effects(event: &domain::Event) -> Vec<Effect> {
        effects::of(event)
    }

    async fn sweep(app: &App) -> Result<usize, Fault> {
        sweep::sweep(app).await
    }
}
