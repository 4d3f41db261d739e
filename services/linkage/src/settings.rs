//! Configuration: built-in defaults < TOML files < environment `LINKAGE_<SECTION>__<KEY>` < flags. All of it is parsed before anything starts.

use std::collections::BTreeMap;
use std::fs::DirBuilder;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use http::Uri;
use runtime::{Network, ServiceName};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

mod sources;
mod tls;

pub use sources::{load, masked};
pub use tls::Tls;

/// Everything that can be configured.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where data and keys are kept when no database is named.
    pub storage: Storage,
    /// The operator of the programme.
    pub operator: Operator,
    /// Links in mails.
    pub links: Links,
    /// The journal.
    pub journal: Journal,
    /// What is logged.
    pub log: Log,
    /// Who is told of traces, metrics and logs.
    pub telemetry: Telemetry,
    /// The steppable clock.
    pub simulation: Simulation,
    /// TLS to callers and siblings.
    pub tls: Tls,
    /// What one source, one caller and one organization may ask.
    pub limits: Limits,
    /// The service enrollment.
    pub enrollment: Section<enrollment::Config>,
    /// The service verification.
    pub verification: Section<verification::Config>,
    /// The service relationship.
    pub relationship: Section<relationship::Config>,
    /// The service notification.
    pub notification: Section<notification::Config>,
}

/// Where data and keys are kept.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Storage {
    /// A folder; made when it is missing.
    pub folder: PathBuf,
}

/// The operator of the programme.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operator {
    /// Its first user's address.
    pub email: String,
    /// Its name for people.
    pub display_name: String,
    /// Its country, ISO 3166-1 alpha-2.
    pub country: String,
    /// The configured issuer that alone vouches for people at its first user's domain; empty = whoever may.
    pub issuer: String,
}

/// Links in mails.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Links {
    /// The page of whoever integrates; the token follows in the fragment.
    pub base_url: String,
}

/// The journal.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Journal {
    /// Where its signed checkpoints are kept; empty = in the storage folder.
    pub checkpoint_folder: PathBuf,
}

/// What is logged.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// `plain` or `json`.
    pub format: LogFormat,
    /// Which spans and levels, such as `info,sea_orm=warn`.
    pub filter: String,
}

/// Who is told of traces, metrics and logs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// A collector's address for OTLP by gRPC; empty = nobody.
    pub endpoint: String,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Plain,
    /// An object per line.
    Json,
}

/// The steppable clock and the development issuer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Simulation {
    /// Whether the clock may be moved and the development issuer is trusted, from loopback only.
    pub enabled: bool,
}

/// What one source, one caller and one organization may ask of each process.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Calls of one source without credential per second, in the long run.
    pub per_second: NonZeroU32,
    /// Calls of one source without credential at once.
    pub burst: NonZeroU32,
    /// Calls of one caller.
    pub caller_per_second: NonZeroU32,
    /// Calls of one caller to one method.
    pub method_per_second: NonZeroU32,
    /// Calls of all callers of one organization.
    pub organization_per_second: NonZeroU32,
    /// Checks that orders wait for, of one organization.
    pub urgent_per_second: NonZeroU32,
    /// How long who watches may leave answers unread.
    pub watch_patience_seconds: u64,
    /// Networks of proxies that are believed where a call comes from.
    pub trusted_proxies: Vec<Network>,
}

impl Limits {
    /// As a service takes them.
    pub fn of_a_service(&self) -> runtime::Limits {
        runtime::Limits {
            per_second: self.per_second,
            burst: self.burst,
            caller: self.caller_per_second,
            method: self.method_per_second,
            organization: self.organization_per_second,
            urgent: self.urgent_per_second,
            patience: Duration::from_secs(self.watch_patience_seconds),
        }
    }
}

/// One service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section<C> {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where health is served, by plaintext and alone; empty = nowhere.
    #[serde(deserialize_with = "tls::address_or_none")]
    pub health_listen: Option<SocketAddr>,
    /// Where siblings and commands reach it, such as `http://enrollment:50051`; empty = where it listens.
    pub address: String,
    /// `sqlite:///path/file.db` or `postgres://..`; empty = a SQLite file in the storage folder.
    pub database: SecretString,
    /// Schema of a PostgreSQL database; empty = its default.
    pub schema: String,
    /// The role of PostgreSQL that serves, where another one owns the tables and migrates; empty = the same.
    pub role: String,
    /// Connections to the database.
    pub max_connections: u32,
    /// What only this service knows.
    pub service: C,
}

/// What all sections have, without their own part.
pub struct Common<'a> {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where health is served, by plaintext and alone.
    pub health_listen: Option<SocketAddr>,
    address: &'a str,
    database: &'a SecretString,
    schema: &'a str,
    /// The role of PostgreSQL that serves, where another one migrates; empty = the same.
    pub role: &'a str,
    max_connections: u32,
}

impl Storage {
    /// Makes the folder, its owner's alone; one that is there stays as it is.
    pub fn make(&self) -> anyhow::Result<()> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&self.folder);
        made.with_context(|| format!("making the folder {}", self.folder.display()))
    }
}

impl<C> Section<C> {
    fn common(&self) -> Common<'_> {
        Common {
            listen: self.listen,
            health_listen: self.health_listen,
            address: &self.address,
            database: &self.database,
            schema: &self.schema,
            role: &self.role,
            max_connections: self.max_connections,
        }
    }
}

impl Settings {
    /// The defaults, as the annotated file that ships has them.
    pub fn shipped() -> anyhow::Result<Settings> {
        load(&[], BTreeMap::new(), &[])
    }

    /// What all sections have, for one service.
    pub fn of(&self, service: ServiceName) -> Common<'_> {
        match service {
            ServiceName::Enrollment => self.enrollment.common(),
            ServiceName::Verification => self.verification.common(),
            ServiceName::Relationship => self.relationship.common(),
            ServiceName::Notification => self.notification.common(),
        }
    }

    /// Where a service's data is.
    pub fn database(&self, service: ServiceName) -> database::Settings {
        let common = self.of(service);
        let url = match common.database.expose_secret() {
            "" => SecretString::from(sqlite(&self.storage.folder, service)),
            _ => common.database.clone(),
        };
        database::Settings {
            url,
            max_connections: common.max_connections,
            schema: Some(common.schema.to_owned()).filter(|schema| !schema.is_empty()),
            statement_timeout: Duration::from_secs(10),
        }
    }

    /// Where keys are kept.
    pub fn keys(&self) -> PathBuf {
        self.storage.folder.join("keys")
    }

    /// Where verification keeps evidence.
    pub fn evidence(&self) -> PathBuf {
        match self.verification.service.evidence_folder.as_os_str().is_empty() {
            true => self.storage.folder.join("evidence"),
            false => self.verification.service.evidence_folder.clone(),
        }
    }

    /// Where checkpoints of the journals are kept.
    pub fn checkpoints(&self) -> PathBuf {
        match self.journal.checkpoint_folder.as_os_str().is_empty() {
            true => self.storage.folder.join("checkpoints"),
            false => self.journal.checkpoint_folder.clone(),
        }
    }

    /// Where siblings and commands reach a service that listens there.
    pub fn address(&self, service: ServiceName, listen: SocketAddr) -> anyhow::Result<Uri> {
        let address = match self.of(service).address {
            "" => {
                let scheme = self.tls.scheme();
                let nowhere = scheme == "https" && listen.ip().is_unspecified();
                anyhow::ensure!(!nowhere, "set {service}.address: {listen} is no name that a certificate could be for");
                format!("{scheme}://{listen}")
            }
            address => address.to_owned(),
        };
        address.parse().with_context(|| format!("{service}.address `{address}` is not a URI"))
    }

    /// Where each service is reached.
    pub fn addresses(&self) -> anyhow::Result<BTreeMap<ServiceName, Uri>> {
        let address = |service| Ok((service, self.address(service, self.of(service).listen)?));
        ServiceName::ALL.into_iter().map(address).collect()
    }

    /// Whether every service keeps its data in a SQLite file of the storage folder: the first try.
    pub fn is_embedded(&self) -> bool {
        ServiceName::ALL.into_iter().all(|service| self.of(service).database.expose_secret().is_empty())
    }
}

fn sqlite(folder: &Path, service: ServiceName) -> String {
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    format!("sqlite://{}", folder.join(format!("{service}.db")).display())
}
