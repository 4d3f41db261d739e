//! What a sibling's name stands for, and how that is found out.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::time::Instant;

use super::replica::Replica;
use super::{BELIEVED, Replicas};

/// What the last lookup said.
#[derive(Default)]
pub(super) struct Known {
    pub(super) replicas: Vec<Arc<Replica>>,
    /// Why the last one said nothing.
    pub(super) failure: Option<String>,
    since: Option<Instant>,
}

impl Known {
    pub(super) fn is_believed(&self) -> bool {
        self.since.is_some_and(|since| since.elapsed() < BELIEVED)
    }
}

impl Replicas {
    /// Begins a lookup, unless one is under way. It comes to its end whoever gives up waiting.
    pub(super) fn look_up(self: &Arc<Self>) {
        if !self.lookups.is_empty() {
            return;
        }
        let sibling = Arc::clone(self);
        self.lookups.spawn(async move {
            let host = sibling.way.host();
            match tokio::net::lookup_host((host, sibling.way.port())).await {
                Ok(found) => sibling.learn(found.collect()),
                Err(error) => {
                    tracing::warn!(host, %error, "a sibling can't be looked up: the addresses known before stay in use");
                    sibling.known.send_modify(|known| {
                        known.failure = Some(format!("looking up {host}: {error}"));
                        known.since = Some(Instant::now());
                    });
                }
            }
        });
    }

    /// Goes on with these: connections to those that stay are kept.
    pub(in crate::peers) fn learn(&self, mut found: Vec<SocketAddr>) {
        found.sort_unstable();
        found.dedup();
        self.known.send_modify(|known| {
            let former = std::mem::take(&mut known.replicas);
            known.replicas = found.into_iter().filter_map(|at| self.replica(&former, at)).collect();
            known.failure = None;
            known.since = Some(Instant::now());
        });
    }

    /// None for an address that no connection can be made to, such as one that counts on one interface alone.
    fn replica(&self, former: &[Arc<Replica>], at: SocketAddr) -> Option<Arc<Replica>> {
        match former.iter().find(|replica| replica.at == at) {
            Some(replica) => Some(Arc::clone(replica)),
            None => Replica::new(&self.way, at).ok().map(Arc::new),
        }
    }

    /// As if what is known were old, and nothing had happened to anybody of late.
    #[cfg(test)]
    pub(in crate::peers) fn let_time_pass(&self) {
        self.known.send_modify(|known| {
            known.since = None;
            known.replicas.iter().for_each(|replica| replica.let_time_pass());
        });
    }
}
