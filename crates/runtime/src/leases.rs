//! The leases this process holds or was refused, asked of the database only every few seconds.

use std::collections::HashMap;
use std::time::Duration;

use database::lease::{self, Lease};
use database::{Database, Error};
use tokio::sync::Mutex;
use tokio::time::Instant;

/// After so long without renewal another replica may take over.
const TTL: Duration = Duration::from_secs(10);
/// How long an answer of the database is believed; what is then begun has the rest of the lease to finish.
const RENEW_AFTER: Duration = Duration::from_secs(3);

/// One process's leases.
pub(crate) struct Leases {
    database: Database,
    owner: String,
    known: Mutex<HashMap<String, Known>>,
}

struct Known {
    lease: Option<Lease>,
    since: Instant,
}

impl Leases {
    pub(crate) fn new(database: Database, owner: String) -> Leases {
        Leases { database, owner, known: Mutex::default() }
    }

    /// The lease of this task, taken or renewed when that is due; `None` while another process has it.
    pub(crate) async fn get(&self, name: &str) -> Result<Option<Lease>, Error> {
        let mut known = self.known.lock().await;
        if let Some(known) = known.get(name)
            && known.since.elapsed() < RENEW_AFTER
        {
            return Ok(known.lease.clone());
        }
        let since = Instant::now();
        let lease = lease::acquire(&self.database, name, &self.owner, TTL).await?;
        known.insert(name.to_owned(), Known { lease: lease.clone(), since });
        Ok(lease)
    }

    /// Renews it where it is held and that is due. It may fail: what is written under a lease is guarded by it.
    pub(crate) async fn keep(&self, name: &str) {
        let held = self.known.lock().await.get(name).is_some_and(|known| known.lease.is_some());
        if held && let Err(error) = self.get(name).await {
            tracing::warn!(%error, lease = name, "a lease was not renewed");
        }
    }

    /// Whether another process had it a moment ago.
    pub(crate) async fn refused(&self, name: &str) -> bool {
        let known = self.known.lock().await;
        known.get(name).is_some_and(|known| known.lease.is_none() && known.since.elapsed() < RENEW_AFTER)
    }

    /// Asks the database again next time: a guarded write has shown that the lease was lost.
    pub(crate) async fn doubt(&self, name: &str) {
        self.known.lock().await.remove(name);
    }

    /// Gives all back, so that another replica need not wait for them to run out.
    pub(crate) async fn release(&self) {
        for (_, known) in self.known.lock().await.drain() {
            let Some(lease) = known.lease else { continue };
            if let Err(error) = lease::release(&self.database, &lease, &self.owner).await {
                tracing::warn!(%error, lease = lease.name, "a lease was not given back; it runs out by itself");
            }
        }
    }
}
