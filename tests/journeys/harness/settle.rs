//! Lets everything happen that was set in motion, instead of waiting for it.

use chrono::TimeDelta;
use futures::future::join_all;
use linkage::ServiceName;

use super::Stage;

/// More rounds than any story needs: beyond it, something goes in circles.
const ROUNDS: usize = 60;
/// As often is a message tried.
const ATTEMPTS: usize = 16;
/// No pause between two tries is longer.
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(11);

impl Stage {
    /// Repeats all passes of all services until nothing moves. A message that waits for its next try makes the clock go on to it;
    /// one for a service that is stopped stays.
    pub(crate) async fn settle(&mut self) {
        if self.mode.background {
            return;
        }
        for _ in 0..ROUNDS {
            if self.pass().await > 0 {
                continue;
            }
            match self.next_try().await {
                None => return,
                Some(wait) => self.set_offset(self.offset() + wait).await,
            }
        }
        panic!("nothing settles; undelivered:\n{}", self.stuck().await.join("\n"));
    }

    /// Lets time pass until what is meant for a stopped service is tried no more.
    pub(crate) async fn park(&mut self) {
        for _ in 0..ATTEMPTS {
            self.settle().await;
            self.set_offset(self.offset() + LONGEST_PAUSE).await;
        }
        self.settle().await;
    }

    /// One pass of everything, all services at once as when they run by themselves; how much moved.
    async fn pass(&self) -> usize {
        let nodes = || self.suite.nodes().iter();
        for refreshed in join_all(nodes().map(|node| node.refresh_access())).await {
            refreshed.expect("rights are read");
        }
        let relayed = join_all(nodes().map(|node| node.relay_once())).await;
        let swept = join_all(nodes().map(|node| node.sweep_once())).await;
        let numbered = join_all(nodes().map(|node| node.number_once())).await;
        let passes = relayed.into_iter().chain(swept).chain(numbered);
        passes.map(|moved| moved.expect("a pass is made")).sum()
    }

    /// How long until a message to a service that runs is tried again.
    async fn next_try(&self) -> Option<TimeDelta> {
        let now = self.now().await;
        let mut waits = Vec::new();
        for node in self.suite.nodes() {
            let rows = node.outbox_rows().await.expect("the outbox is read");
            for row in &rows {
                let reachable = ServiceName::parse(&row.destination).is_some_and(|service| self.runs(service));
                // A parked one waits for the operator, and so does what is behind it.
                let held = rows.iter().any(|other| {
                    other.parked_at.is_some()
                        && (other == row || row.ordered && other.ordered)
                        && (&other.destination, &other.subject) == (&row.destination, &row.subject)
                });
                if reachable && !held {
                    waits.push((row.available_at - now).max(TimeDelta::zero()));
                }
            }
        }
        waits.into_iter().max().map(|wait| TimeDelta::seconds(wait.num_seconds() + 1))
    }

    /// Every message that was not delivered, one line each.
    pub(crate) async fn stuck(&self) -> Vec<String> {
        let mut stuck = Vec::new();
        for node in self.suite.nodes() {
            for row in node.outbox_rows().await.expect("the outbox is read") {
                let parked = if row.parked_at.is_some() { " parked" } else { "" };
                let error = row.last_error.unwrap_or_default();
                let (destination, method, subject) = (row.destination, row.method, row.subject);
                stuck.push(format!(
                    "{} -> {destination} {method} {subject}{parked} after {} tries: {error}",
                    node.name(),
                    row.attempts
                ));
            }
        }
        stuck
    }
}
