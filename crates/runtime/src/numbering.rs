//! Gives the journal's committed entries their place in the feed, and keeps checkpoints of it.

use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use database::journal;
use futures::FutureExt;

use crate::checkpoint::Book;
use crate::leases::Leases;
use crate::{App, Fault, Service, backoff};

const LEASE: &str = "numbering";
/// Entries that come together are numbered together.
const GATHER: Duration = Duration::from_millis(100);
/// How often to look for what other replicas wrote.
const POLL: Duration = Duration::from_secs(1);

pub(crate) struct Numbering<S: Service> {
    app: App<S>,
    leases: Arc<Leases>,
    book: Book,
}

impl<S: Service> Numbering<S> {
    pub(crate) fn new(app: App<S>, leases: Arc<Leases>, checkpoints: &Path) -> Numbering<S> {
        let book = Book::new(S::NAME, &app.floor().keys, checkpoints);
        Numbering { app, leases, book }
    }

    pub(crate) async fn run(&self) {
        let mut woken = self.app.floor().wake.subscribe();
        loop {
            match AssertUnwindSafe(self.once()).catch_unwind().await {
                Ok(Ok(_)) => {}
                Ok(Err(fault)) => tracing::warn!(%fault, "the journal can't be numbered"),
                Err(_) => tracing::error!("numbering panicked; it goes on"),
            }
            let _ = tokio::time::timeout(backoff::about(POLL), woken.changed()).await;
            tokio::time::sleep(GATHER).await;
        }
    }

    /// Numbers what is there, if this process is the one to do it; says how many entries.
    pub(crate) async fn once(&self) -> Result<usize, Fault> {
        let Some(lease) = self.leases.get(LEASE).await? else { return Ok(0) };
        let numbered = journal::number(self.app.database(), &lease).await?;
        if numbered > 0 {
            tracing::debug!(numbered, "journal numbered");
            self.app.floor().numbered.send_replace(());
        }
        // Without one the journal goes on: it is tried again.
        if let Err(fault) = self.book.note(self.app.database(), numbered).await {
            tracing::error!(%fault, "no checkpoint of the journal could be kept");
        }
        Ok(numbered)
    }
}
