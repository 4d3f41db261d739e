//! What every handler is given: the service's own state and the floor it stands on.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use database::{Cursor, Database, Reader};
use ids::Id;
use wire::Request;

use crate::{Caller, Clock, Fault, Links, Mint, PageRequest, Service, page};

/// A service at work. Cheap to clone.
pub struct App<S: Service>(Arc<Floor<S>>);

pub(crate) struct Floor<S> {
    pub(crate) service: S,
    pub(crate) database: Database,
    pub(crate) clock: Arc<Clock>,
    pub(crate) mint: Mint,
    pub(crate) links: Links,
    pub(crate) peers: crate::peers::Peers,
    pub(crate) keys: crate::keys::Keys,
    pub(crate) access: Arc<crate::access::AccessKeys>,
    pub(crate) rights: crate::access::Rights,
    /// Told after each commit, so that relay and numbering need not wait for their next poll.
    pub(crate) wake: tokio::sync::watch::Sender<()>,
    /// Told when entries of the journal got their places.
    pub(crate) numbered: tokio::sync::watch::Sender<()>,
    /// Who watches the journal.
    pub(crate) watchers: crate::feed::Places,
    /// How long a watcher may leave answers unread.
    pub(crate) patience: std::time::Duration,
    /// All that goes on in the background, and that stopping waits for.
    pub(crate) tasks: tokio_util::task::TaskTracker,
    /// Cancelled when the service stops.
    pub(crate) stop: tokio_util::sync::CancellationToken,
    pub(crate) epoch: i64,
    /// Whether the clock may be moved.
    pub(crate) simulation: bool,
}

impl<S: Service> Clone for App<S> {
    fn clone(&self) -> App<S> {
        App(Arc::clone(&self.0))
    }
}

impl<S: Service> App<S> {
    pub(crate) fn new(floor: Floor<S>) -> App<S> {
        App(Arc::new(floor))
    }

    pub(crate) fn floor(&self) -> &Floor<S> {
        &self.0
    }

    /// The service's own state: configuration and data it was started with.
    pub fn service(&self) -> &S {
        &self.0.service
    }

    /// For reads outside a change: sees what this caller may.
    pub fn reader(&self, caller: &Caller) -> Reader {
        self.0.database.reader_for(caller.wall())
    }

    /// The service's database.
    pub fn database(&self) -> &Database {
        &self.0.database
    }

    /// When to look again, for a stream of what is new.
    pub fn pulse(&self) -> crate::pulse::Pulse {
        crate::pulse::Pulse::new(self.0.wake.subscribe(), self.0.stop.clone())
    }

    /// When to look at the journal again.
    pub(crate) fn journal_pulse(&self) -> crate::pulse::Pulse {
        crate::pulse::Pulse::new(self.0.numbered.subscribe(), self.0.stop.clone())
    }

    /// Business time.
    pub fn now(&self) -> DateTime<Utc> {
        self.0.clock.now()
    }

    /// A new id.
    pub fn id<K>(&self) -> Id<K> {
        self.0.mint.id(self.now())
    }

    /// A new nonce.
    pub fn nonce(&self) -> String {
        self.0.mint.nonce()
    }

    /// The epoch of this service's data, which a restore from a backup raises.
    pub fn epoch(&self) -> i64 {
        self.0.epoch
    }

    /// Links and codes.
    pub fn links(&self) -> &Links {
        &self.0.links
    }

    /// The siblings, for the few reads that a handler truly needs.
    pub fn peers(&self) -> &crate::peers::Peers {
        &self.0.peers
    }

    /// Which page a list request asks for.
    pub fn page<R: Request>(&self, caller: &Caller, request: &R) -> Result<PageRequest, Fault> {
        page::read(&self.0.links, caller, request)
    }

    /// The token for the page after this one.
    pub fn next_page<R: Request>(&self, caller: &Caller, request: &R, next: Option<Cursor>) -> String {
        page::token(&self.0.links, caller, request, next)
    }
}
