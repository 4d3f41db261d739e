//! From options to a running service, and back to nothing left behind.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::net::TcpListener;

use database::outbox;
use futures::future::BoxFuture;
use http::Uri;
use secrecy::SecretBox;

use crate::keys::Keys;
use crate::limits::Limits;
use crate::{App, Fault, Service, ServiceName};

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
    /// Where the siblings are.
    pub peers: BTreeMap<ServiceName, Uri>,
    /// Whether the clock may be moved, from loopback only.
    pub simulation: bool,
    /// Whether relay, numbering, sweep and refresh run by themselves; off for a test that runs each by hand.
    pub background: bool,
    /// What one source may ask without credential.
    pub limits: Limits,
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
    /// The descriptors of the API can't be served.
    #[error("reflection: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
}

/// A service that runs.
pub struct Running<S: Service> {
    app: App<S>,
    address: SocketAddr,
}

/// Starts a service: opens its database, serves, and works in the background.
pub async fn start<S: Service>(service: S, options: Options) -> Result<Running<S>, StartError> {
    let _ = (service, options);
    std::future::pending().await
}

impl<S: Service> Running<S> {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The service at work.
    pub fn app(&self) -> &App<S> {
        &self.app
    }
}

/// A running service without its type, so that a suite or one process can hold all four in one list: their types differ,
/// what is done to them does not.
pub trait Node: Send + Sync {
    /// Which of the four it is.
    fn name(&self) -> ServiceName;
    /// Where it listens.
    fn address(&self) -> SocketAddr;
    /// Delivers every outbox row that is due, in order; says how many were delivered or failed.
    fn relay_once(&self) -> BoxFuture<'_, Result<usize, Fault>>;
    /// Numbers the journal's new entries; says how many.
    fn number_once(&self) -> BoxFuture<'_, Result<usize, Fault>>;
    /// Writes down what time alone has changed; says how many rows moved.
    fn sweep_once(&self) -> BoxFuture<'_, Result<usize, Fault>>;
    /// Reads anew which rights were taken away, and the clock's offset.
    fn refresh_access(&self) -> BoxFuture<'_, Result<(), Fault>>;
    /// All that waits for delivery, due or not, parked or not.
    fn outbox_rows(&self) -> BoxFuture<'_, Result<Vec<outbox::Row>, Fault>>;
    /// Stops it: drains calls, gives leases back, closes the database.
    fn stop(self: Box<Self>) -> BoxFuture<'static, ()>;
}
