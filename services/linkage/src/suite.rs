//! All four services in one process, each on its own port with its own database, talking gRPC to each other: a first try, development and
//! the tests use the composition root of production.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};

use anyhow::Context as _;
use http::Uri;
use runtime::ServiceName;
use runtime::keys::{Keys, SigningKey};
use runtime::start::{Node, Options, Running, StartError, Transport};
use runtime::tls::TlsError;

use crate::people;
use crate::settings::Settings;

/// Services that run in this process.
pub struct Suite {
    nodes: Vec<Box<dyn Node>>,
}

/// How services are started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mode {
    /// Bring the schema up to date first; otherwise a service refuses one that is not.
    pub migrate: bool,
    /// Make the operator when there is none.
    pub bootstrap: bool,
    /// Relay, numbering and sweep run by themselves.
    pub background: bool,
}

impl Mode {
    /// A first try: everything by itself.
    pub const EMBEDDED: Mode = Mode { migrate: true, bootstrap: true, background: true };
    /// Production: nothing that an operator has not asked for.
    pub const DEPLOYED: Mode = Mode { migrate: false, bootstrap: false, background: true };
    /// Tests: the passes are made by hand.
    pub const BY_HAND: Mode = Mode { migrate: true, bootstrap: true, background: false };
}

impl Suite {
    /// Starts these services. All listeners are bound before any is configured, so port 0 works, and no start order matters.
    pub async fn start(settings: &Settings, services: &[ServiceName], mode: Mode) -> anyhow::Result<Suite> {
        settings.storage.make()?;
        let (mut listeners, mut transports) = (BTreeMap::new(), BTreeMap::new());
        let (certificate, authorities) = (settings.tls.certificate()?, settings.tls.authorities()?);
        for service in services {
            let common = settings.of(*service);
            let health = common.health_listen.map(|listen| bind(*service, listen)).transpose()?;
            let (certificate, authorities) = (certificate.clone(), authorities.clone());
            transports.insert(*service, Transport { certificate, authorities, health });
            listeners.insert(*service, bind(*service, common.listen)?);
        }
        let peers = peers(settings, &listeners)?;
        let mut suite = Suite { nodes: Vec::new() };
        for (service, listener) in listeners {
            let transport = transports.remove(&service).unwrap_or_default();
            let options = Options { transport, ..options(settings, service, listener, peers.clone(), mode)? };
            let node = start_one(settings, service, options, mode)
                .await
                .map_err(advised)
                .with_context(|| format!("starting {service}"))?;
            suite.nodes.push(node);
        }
        Ok(suite)
    }

    /// Where each service listens.
    pub fn addresses(&self) -> BTreeMap<ServiceName, SocketAddr> {
        self.nodes.iter().map(|node| (node.name(), node.address())).collect()
    }

    /// The services.
    pub fn nodes(&self) -> &[Box<dyn Node>] {
        &self.nodes
    }

    /// Takes one service out, to be stopped while the others go on.
    pub fn take(&mut self, service: ServiceName) -> Option<Box<dyn Node>> {
        let position = self.nodes.iter().position(|node| node.name() == service)?;
        Some(self.nodes.swap_remove(position))
    }

    /// Takes over the services of another.
    pub fn join(&mut self, other: Suite) {
        self.nodes.extend(other.nodes);
    }

    /// Stops all services, after the calls under way.
    pub async fn stop(self) {
        for node in self.nodes {
            node.stop().await;
        }
    }
}

fn bind(service: ServiceName, listen: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(listen).with_context(|| format!("{service} can't listen on {listen}: is another one running?"))
}

/// Names the command, or the setting, that is missing.
fn advised(error: anyhow::Error) -> anyhow::Error {
    match error.downcast_ref() {
        Some(StartError::Database(database::Error::MigrationsPending(_))) => {
            error.context("run `linkage migrate` first")
        }
        Some(StartError::Tls(TlsError::NoAuthorities(_))) => error.context("set tls.authorities_file"),
        _ => error,
    }
}

fn peers(
    settings: &Settings,
    listeners: &BTreeMap<ServiceName, TcpListener>,
) -> anyhow::Result<BTreeMap<ServiceName, Uri>> {
    let mut peers = BTreeMap::new();
    for service in ServiceName::ALL {
        let bound = listeners.get(&service).map(TcpListener::local_addr).transpose()?;
        peers.insert(service, settings.address(service, bound.unwrap_or(settings.of(service).listen))?);
    }
    Ok(peers)
}

fn options(
    settings: &Settings,
    service: ServiceName,
    listener: TcpListener,
    peers: BTreeMap<ServiceName, Uri>,
    mode: Mode,
) -> anyhow::Result<Options> {
    let folder = settings.keys();
    listener.set_nonblocking(true)?;
    Ok(Options {
        listener,
        database: settings.database(service),
        migrate: mode.migrate,
        keys: Keys::in_folder(&folder, service)?,
        link_keys: vec![(1, runtime::keys::link_key(&folder.join(runtime::keys::LINKS_FILE))?)],
        base_url: settings.links.base_url.clone(),
        checkpoints: settings.checkpoints(),
        peers,
        simulation: settings.simulation.enabled,
        background: mode.background,
        limits: settings.limits.of_a_service(),
        trusted_proxies: settings.limits.trusted_proxies.clone(),
        transport: Transport::default(),
    })
}

async fn start_one(
    settings: &Settings,
    service: ServiceName,
    options: Options,
    mode: Mode,
) -> anyhow::Result<Box<dyn Node>> {
    Ok(match service {
        ServiceName::Enrollment => {
            let enrollment = enrollment(settings, &options)?;
            let running = runtime::start::start(enrollment, options).await?;
            if mode.bootstrap {
                crate::bootstrap::unless_done(running.app(), &settings.operator).await?;
            }
            Box::new(running)
        }
        ServiceName::Verification => {
            let operator = settings.operator.email.parse().context("operator.email is no address")?;
            let evidence = settings.evidence();
            let service = verification::Verification::new(settings.verification.service.clone(), operator, evidence);
            Box::new(runtime::start::start(service, options).await?)
        }
        ServiceName::Relationship => {
            let service = relationship::Relationship::new(settings.relationship.service.clone());
            Box::new(runtime::start::start(service, options).await?)
        }
        ServiceName::Notification => {
            let service = notification::Notification::new(settings.notification.service.clone())?;
            Box::new(runtime::start::start(service, options).await?)
        }
    })
}

/// Enrollment on its schema as it is, with nothing done in the background: for who does something to its database.
pub(crate) async fn enrollment_alone(settings: &Settings) -> anyhow::Result<Running<enrollment::Enrollment>> {
    let mode = Mode { migrate: false, bootstrap: false, background: false };
    let listener = TcpListener::bind(settings.enrollment.listen)?;
    let authorities = settings.tls.authorities()?;
    let transport = Transport { authorities, ..Transport::default() };
    let options = options(settings, ServiceName::Enrollment, listener, peers(settings, &BTreeMap::new())?, mode)?;
    let options = Options { transport, ..options };
    let service = enrollment(settings, &options)?;
    runtime::start::start(service, options).await.map_err(|error| advised(error.into()))
}

/// The service enrollment; in a simulation on loopback, and nowhere else, it also trusts the development issuer.
pub(crate) fn enrollment(settings: &Settings, options: &Options) -> anyhow::Result<enrollment::Enrollment> {
    let mut config = settings.enrollment.service.clone();
    if options.simulation && options.listener.local_addr()?.ip().is_loopback() {
        let key = SigningKey::load_or_create(&settings.keys().join(runtime::keys::ISSUER_FILE))?;
        config.issuers.push(enrollment::Issuer::development(people::ISSUER, people::AUDIENCE, key.public().clone()));
        let workloads = enrollment::WorkloadIssuer::development(people::ISSUER, people::AUDIENCE, key.public())?;
        config.workload_issuers.push(workloads);
    }
    let signer = options.keys.access.clone().context("enrollment has no key to sign access tokens with")?;
    Ok(enrollment::Enrollment::new(config, signer))
}
