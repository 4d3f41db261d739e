//! From options to a running service, and back to nothing left behind.

mod running;
mod transport;

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;

use database::{Database, Scope, Step, Tx, migrate, setting};
use http::Uri;
use secrecy::SecretBox;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tonic::service::Routes;
use wire::event::event_service_server::{self, EventServiceServer};
use wire::event::outbox_service_server::{self, OutboxServiceServer};
use wire::simulation::clock_service_server::{self, ClockServiceServer};

pub use running::{Node, Running};
pub use transport::Transport;

use crate::app::Floor;
use crate::health::Health;
use crate::leases::Leases;
use crate::numbering::Numbering;
use crate::reflection::{Reflection, V1, V1Alpha};
use crate::relay::Relay;
use crate::serve::{DECODE_LIMIT, ENCODE_LIMIT};
use crate::source::Proxies;
use crate::tick::Ticks;
use crate::tls::TlsError;
use crate::{App, Clock, Fault, Guard, Keys, Limits, Links, Mint, Network, Peers, Service, ServiceName};
use crate::{access, clock_service, feed, outbox_service, serve, telemetry};

/// The setting that holds the epoch of this service's data, raised when a backup is restored.
const EPOCH: &str = "source_epoch";

/// What a service is started with. Nothing here is read from the environment.
pub struct Options {
    /// Where it listens: bound already, so that the address is known before the service is up.
    pub listener: TcpListener,
    /// Where its data is.
    pub database: database::Settings,
    /// Whether it brings its schema up to date itself; otherwise it refuses one that is not.
    pub migrate: bool,
    /// Its own key and its siblings'.
    pub keys: Keys,
    /// Keys of links by version, the signing one first.
    pub link_keys: Vec<(u32, SecretBox<Vec<u8>>)>,
    /// Where links lead.
    pub base_url: String,
    /// The folder for checkpoints of the journal, best kept where the database's keepers can't change it.
    pub checkpoints: PathBuf,
    /// Where the siblings are.
    pub peers: BTreeMap<ServiceName, Uri>,
    /// Whether the clock may be moved, from loopback only.
    pub simulation: bool,
    /// Whether relay, numbering, sweep and refresh run by themselves; off for a test that runs each by hand.
    pub background: bool,
    /// What one source may ask without credential.
    pub limits: Limits,
    /// Proxies in front of it, which are believed where a call comes from.
    pub trusted_proxies: Vec<Network>,
    /// What there is beside plaintext on its one port.
    pub transport: Transport,
}

/// Why a service did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database is away, in use, damaged or of another version.
    #[error("database: {0}")]
    Database(#[from] database::Error),
    /// The listener can't be used.
    #[error("listener: {0}")]
    Listener(#[from] std::io::Error),
    /// A value in the table `setting` can't be understood.
    #[error("setting {name} is {value:?}")]
    Setting {
        /// Its name.
        name: &'static str,
        /// What stands there.
        value: String,
    },
    /// A sibling's address is to be reached by TLS, and can't be.
    #[error("TLS: {0}")]
    Tls(#[from] TlsError),
    /// What is known of rights that were taken away can't be read.
    #[error("rights: {0}")]
    Rights(Fault),
}

/// Starts a service: opens its database, serves, and works in the background.
pub async fn start<S: Service>(service: S, mut options: Options) -> Result<Running<S>, StartError> {
    let mut database = open::<S>(&options).await?;
    if let Some(witness) = telemetry::Witness::of(S::NAME, database.backend()) {
        database = database.watched(move |told| witness.tell(told));
    }
    let (limits, simulation, background) = (options.limits, options.simulation, options.background);
    let checkpoints = options.checkpoints.clone();
    let proxies = Proxies::new(&options.trusted_proxies);
    let bounds = serve::BoundsLayer::new(options.database.max_connections, S::URGENT, S::UPLOADS, database.given_up());
    let listener = listen(&options.listener)?;
    let address = listener.local_addr()?;
    let mut transport = std::mem::take(&mut options.transport);
    let health_listener = transport.health.take().as_ref().map(listen).transpose()?;
    let app = App::new(floor(service, database, options, &transport).await?);
    let (health, health_server) = Health::new(S::NAME, served::<S>(simulation)).await;
    let health = Arc::new(health);
    let routes = routes(&app).add_service(health_server.clone());
    let guard = Guard::new(&app, limits, simulation);

    let (stop, tasks) = (app.floor().stop.clone(), app.floor().tasks.clone());
    let entrance = serve::Entrance {
        listener,
        certificate: transport.certificate.clone(),
        tasks: tasks.clone(),
        stop: stop.clone(),
    };
    let leases = Arc::new(Leases::new(app.database().clone(), app.nonce()));
    let running = Running {
        relay: Arc::new(Relay::new(app.clone(), Arc::clone(&leases), stop.clone())),
        numbering: Arc::new(Numbering::new(app.clone(), Arc::clone(&leases), &checkpoints)),
        ticks: Arc::new(Ticks::new(app.clone(), Arc::clone(&leases))),
        _end: stop.clone().drop_guard(),
        app,
        address,
        leases,
        health,
        transport: Arc::new(transport),
        stop,
        tasks,
    };
    running.app.refresh_access().await.map_err(StartError::Rights)?;
    running.health.look(running.app.database()).await;
    if let Some(listener) = health_listener {
        running.spawn_server(serve::serve_health(health_server, listener, running.stop.clone()));
    }
    running.spawn_server(serve::serve(routes, guard, bounds, proxies, entrance));
    running.spawn_health();
    if background {
        running.spawn_background();
    }
    tracing::info!(service = %S::NAME, %address, "serving");
    Ok(running)
}

async fn open<S: Service>(options: &Options) -> Result<Database, StartError> {
    let database = Database::connect(&options.database).await?;
    let name = S::NAME.as_str();
    if options.migrate {
        let applied = migrate::migrate(&database, name, S::migrations()).await?;
        tracing::info!(service = name, ?applied, "schema is up to date");
    } else {
        migrate::refuse_pending(&database, name, S::migrations()).await?;
    }
    Ok(database)
}

fn listen(listener: &TcpListener) -> std::io::Result<tokio::net::TcpListener> {
    let listener = listener.try_clone()?;
    listener.set_nonblocking(true)?;
    tokio::net::TcpListener::from_std(listener)
}

async fn floor<S: Service>(
    service: S,
    database: Database,
    options: Options,
    transport: &Transport,
) -> Result<Floor<S>, StartError> {
    let clock = Clock::default();
    clock.advance_to(number(&database, clock_service::OFFSET, 0).await?);
    let epoch = number(&database, EPOCH, 1).await?;
    let peers = Peers::new(options.keys.own.clone(), S::NAME, options.peers, transport.authorities.as_ref())?;
    Ok(Floor {
        service,
        clock: Arc::new(clock),
        mint: Mint::default(),
        links: Links::new(&options.base_url, &options.link_keys),
        access: Arc::new(access::AccessKeys::new(&options.keys, &peers)),
        peers,
        keys: options.keys,
        rights: access::Rights::default(),
        wake: tokio::sync::watch::Sender::new(()),
        numbered: tokio::sync::watch::Sender::new(()),
        watchers: feed::Places::default(),
        patience: options.limits.patience,
        tasks: TaskTracker::new(),
        stop: CancellationToken::new(),
        epoch,
        simulation: options.simulation,
        database,
    })
}

/// What was done to data that were restored from a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// Their epoch now. What runs on them knows only the one before.
    pub epoch: i64,
    /// Links, codes and sessions that are void.
    pub void: u64,
}

/// Raises the epoch of data that were restored from a backup, and voids what was handed out before.
pub async fn restored<S: Service>(database: &Database) -> Result<Restored, StartError> {
    let epoch = number(database, EPOCH, 1).await? + 1;
    let done = database.transact_for(Scope::Operator, async |tx: Tx| {
        setting::put(&tx, EPOCH, &epoch.to_string()).await?;
        let void = S::forget_handed_out(&tx, epoch).await?;
        Ok::<_, database::Error>(Step::Commit(Restored { epoch, void }))
    });
    Ok(done.await?)
}

/// A number of the table `setting`.
async fn number(database: &Database, name: &'static str, otherwise: i64) -> Result<i64, StartError> {
    match setting::get(database.reader(), name).await? {
        None => Ok(otherwise),
        Some(value) => value.parse().map_err(|_| StartError::Setting { name, value }),
    }
}

/// The service's own gRPC services and those that every service has.
fn routes<S: Service>(app: &App<S>) -> Routes {
    let events = EventServiceServer::new(feed::Rpc(app.clone()));
    let outbox = OutboxServiceServer::new(outbox_service::Rpc(app.clone()));
    let clock = ClockServiceServer::new(clock_service::Rpc(app.clone()));
    let routes = S::routes(app.clone())
        .add_service(events.max_decoding_message_size(DECODE_LIMIT).max_encoding_message_size(ENCODE_LIMIT))
        .add_service(outbox.max_decoding_message_size(DECODE_LIMIT).max_encoding_message_size(ENCODE_LIMIT))
        .add_service(clock.max_decoding_message_size(DECODE_LIMIT).max_encoding_message_size(ENCODE_LIMIT));
    let mut names = served::<S>(app.floor().simulation);
    names.push(tonic_health::pb::health_server::SERVICE_NAME);
    // Both: older clients know v1alpha only.
    access::serve(routes, app).add_service(Reflection::<V1>::of(&names)).add_service(Reflection::<V1Alpha>::of(&names))
}

/// The names of the gRPC services that are served, as health and reflection tell them.
fn served<S: Service>(simulation: bool) -> Vec<&'static str> {
    let own = S::POLICY.iter().filter_map(|(method, _)| method.split('/').nth(1));
    let shared = [event_service_server::SERVICE_NAME, outbox_service_server::SERVICE_NAME];
    let access = access::served(S::NAME);
    let clock = simulation.then_some(clock_service_server::SERVICE_NAME);
    let names: BTreeSet<_> = own.chain(shared).chain([access]).chain(clock).collect();
    names.into_iter().collect()
}
