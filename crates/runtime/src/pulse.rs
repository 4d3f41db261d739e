//! When to look again, for those who tell what is new as it comes.

use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// What other replicas commit, nobody tells.
const EVERY: Duration = Duration::from_secs(1);

/// Beats after each commit of this process (or each time it numbered entries), and now and then for those of others.
#[derive(Debug)]
pub struct Pulse {
    woken: watch::Receiver<()>,
    stop: CancellationToken,
}

impl Pulse {
    pub(crate) fn new(woken: watch::Receiver<()>, stop: CancellationToken) -> Pulse {
        Pulse { woken, stop }
    }

    /// Waits for the next beat. False once the service stops, which no stream may hold up.
    pub async fn beat(&mut self) -> bool {
        tokio::select! {
            () = self.stop.cancelled() => false,
            _ = self.woken.changed() => true,
            () = tokio::time::sleep(EVERY) => true,
        }
    }

    /// Waits until the service stops.
    pub(crate) async fn stopped(&self) {
        self.stop.cancelled().await;
    }
}
