//! Is it true? E-mail verifications, vetting cases and the reviewers' queue.

mod config;
mod deadlines;
mod domain;
mod effects;
mod error;
mod files;
mod journal;
mod limits;
mod link;
mod policies;
mod policy;
mod questions;
mod rpc;
mod store;
mod sweep;

use std::path::PathBuf;

use addresses::Email;
use database::Tx;
use database::migrate::Migrations;
use runtime::{Effect, Fault, Policy, Service, ServiceName};
use tonic::service::Routes;

pub use config::Config;

use files::Files;

type App = runtime::App<Verification>;
type Change = runtime::Change<Verification>;

/// The verification service.
#[derive(Debug)]
pub struct Verification {
    config: Config,
    /// Who is told of what needs the operator's eye.
    operator: Email,
    files: Files,
}

impl Verification {
    /// The service with this configuration, whose operator reads mail at this address, and which keeps evidence in this folder.
    pub fn new(config: Config, operator: Email, evidence: PathBuf) -> Verification {
        Verification { config, operator, files: Files::new(evidence) }
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

    const UPLOADS: &[&str] = &["/linkage.verification.v1.EvidenceService/UploadEvidence"];

    fn migrations() -> Migrations {
        store::migrations()
    }

    fn routes(app: App) -> Routes {
        rpc::all(&app)
    }

    fn effects(event: &domain::Event) -> Vec<Effect> {
        effects::of(event)
    }

    async fn forget_handed_out(tx: &Tx, epoch: i64) -> Result<u64, database::Error> {
        store::email_verification::void_links(tx, epoch).await
    }

    async fn sweep(app: &App) -> Result<usize, Fault> {
        sweep::sweep(app).await
    }
}
