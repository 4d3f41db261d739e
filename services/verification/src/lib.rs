//! Is it true? E-mail verifications, vetting cases and the reviewers' queue.

mod config;
mod deadlines;
mod domain;
mod effects;
mod error;
mod journal;
mod limits;
mod link;
mod policy;
mod questions;
mod rpc;
mod store;
mod sweep;

use addresses::Email;
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
    /// Who is told of what needs the operator's eye.
    operator: Email,
}

impl Verification {
    /// The service with this configuration, whose operator reads mail at this address.
    pub fn new(config: Config, operator: Email) -> Verification {
        Verification { config, operator }
    }

    /// How many wrong codes lock a verification.
    fn tries(&self) -> u32 {
        self.config.code_tries.max(1)
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
