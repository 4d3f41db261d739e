//! Who are you, and are you in good standing? Organizations, their people, profiles, enrollments, locations and agreements.

use std::sync::atomic::AtomicI64;

use database::Tx;
use database::migrate::Migrations;
use runtime::token::AccessSigner;
use runtime::{Applications, Effect, Fault, Policy, ServiceName};
use tonic::service::Routes;

mod bootstrap;
mod config;
mod convert;
mod dns;
mod domain;
mod effects;
mod error;
mod founding;
mod issuers;
mod journal;
mod link;
mod policy;
mod public_key;
mod rpc;
mod store;
mod sweep;
mod workload;

pub use bootstrap::{Bootstrap, bootstrap, is_bootstrapped, rebind};
pub use config::{Config, Issuer, IssuerError};
pub use domain::lifecycle;
pub use domain::rules::coverage;
pub use issuers::look;
pub use workload::WorkloadIssuer;

use issuers::Issuers;

/// The service.
pub struct Enrollment {
    config: Config,
    issuers: Issuers,
    signer: AccessSigner,
    /// When relationship was last told how far the outbox has come, in microseconds of business time.
    watermark: AtomicI64,
}

type App = runtime::App<Enrollment>;
type Change = runtime::Change<Enrollment>;

impl Enrollment {
    /// Trusts these issuers, and signs access tokens with this key.
    pub fn new(config: Config, signer: AccessSigner) -> Enrollment {
        let issuers = Issuers::new(&config.issuers, config.issuer_timeout());
        Enrollment { config, issuers, signer, watermark: AtomicI64::new(i64::MIN) }
    }
}

impl runtime::Service for Enrollment {
    type Event = domain::Event;

    const NAME: ServiceName = ServiceName::Enrollment;

    const POLICY: Policy = policy::POLICY;

    const APPLICATIONS: Applications = policy::APPLICATIONS;

    fn migrations() -> Migrations {
        store::migration::migrations()
    }

    fn routes(app: App) -> Routes {
        rpc::routes(&app)
    }

    fn effects(event: &domain::Event) -> Vec<Effect> {
        effects::of(event)
    }

    async fn forget_handed_out(tx: &Tx, _: i64) -> Result<u64, database::Error> {
        Ok(store::session::end_all(tx).await? + store::sign_in_code::void_all(tx).await?)
    }

    async fn sweep(app: &App) -> Result<usize, Fault> {
        sweep::sweep(app).await
    }
}
