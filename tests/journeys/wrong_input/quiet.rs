//! Whether anything was written: an entry of a journal, a message to a sibling.

use crate::harness::Stage;

/// How it stood before.
pub(super) struct Quiet {
    waiting: usize,
}

impl Quiet {
    /// From here on nothing is to be written.
    pub(super) async fn from_here(stage: &Stage) -> Quiet {
        number(stage).await;
        Quiet { waiting: waiting(stage).await }
    }

    /// What was written since, if anything.
    pub(super) async fn broken(&self, stage: &Stage) -> Option<String> {
        let (entries, waiting) = (number(stage).await, waiting(stage).await);
        (entries > 0 || waiting != self.waiting)
            .then(|| format!("it wrote {entries} journal entries; {} -> {waiting} messages wait", self.waiting))
    }
}

/// Numbers what is new in the journals; how much that is.
async fn number(stage: &Stage) -> usize {
    let mut new = 0;
    for node in stage.suite.nodes() {
        new += node.number_once().await.expect("the journal is numbered");
    }
    new
}

async fn waiting(stage: &Stage) -> usize {
    let mut rows = 0;
    for node in stage.suite.nodes() {
        rows += node.outbox_rows().await.expect("the outbox is read").len();
    }
    rows
}
