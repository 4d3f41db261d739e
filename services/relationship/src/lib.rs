//! Who may act for whom? Invitations, partnerships, reseller relationships, delegated administration, and whether an order may be placed.

mod config;
mod domain;
mod effects;
mod error;
mod journal;
pub mod metrics;
mod policy;
mod rpc;
mod store;
mod sweep;

use database::Tx;
use database::migrate::Migrations;
use markets::Markets;
use runtime::{Applications, Effect, Fault, Policy, Service, ServiceName};
use tonic::service::Routes;

pub use config::Config;

type App = runtime::App<Relationship>;
type Change = runtime::Change<Relationship>;

/// What the links of invitations are for.
const LINK_PURPOSE: &str = "invitation";

/// The relationship service.
#[derive(Debug)]
pub struct Relationship {
    config: Config,
    /// Instead of the table that ships.
    markets: Option<Markets>,
}

impl Relationship {
    /// The service with this configuration.
    pub fn new(config: Config) -> Relationship {
        Relationship { config, markets: None }
    }

    /// The same with another market table than the one that ships.
    #[must_use]
    pub fn with_markets(self, markets: Markets) -> Relationship {
        Relationship { markets: Some(markets), ..self }
    }

    fn markets(&self) -> Result<&Markets, Fault> {
        match &self.markets {
            Some(markets) => Ok(markets),
            None => Markets::builtin().map_err(|error| Fault::internal(error.clone())),
        }
    }
}

impl Service for Relationship {
    type Event = domain::Event;

    const NAME: ServiceName = ServiceName::Relationship;

    const POLICY: Policy = policy::POLICY;

    const APPLICATIONS: Applications = policy::APPLICATIONS;

    const URGENT: &[&str] = policy::URGENT;

    fn migrations() -> Migrations {
        store::migrations::all()
    }

    fn routes(app: App) -> Routes {
        rpc::routes(&app)
    }

    fn effects(event: &domain::Event) -> Vec<Effect> {
        effects::of(event)
    }

    async fn forget_handed_out(tx: &Tx, epoch: i64) -> Result<u64, database::Error> {
        store::invitation::void_links(tx, epoch).await
    }

    async fn sweep(app: &App) -> Result<usize, Fault> {
        sweep::sweep(app).await
    }

    async fn measure(app: &App) -> Result<(), Fault> {
        metrics::measure(app).await
    }
}
