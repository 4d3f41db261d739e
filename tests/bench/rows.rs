//! What is measured, row by row: each group starts what it needs, and gives its figures.

pub(crate) mod changes;
pub(crate) mod checks;
pub(crate) mod journeys;
pub(crate) mod pages;
pub(crate) mod seen;
pub(crate) mod start;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::calls::Callers;
use crate::cast::Channel;
use crate::options::Effort;
use crate::progress;
use crate::seed::{self, Waiting};
use crate::suite::{Backing, SIGNS_IN, Suite};

/// The smallest channel that is measured.
const SMALL: u64 = 1_000;
/// Until a check is answered by facts: enrollment tells how far it has come every five seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// A large and a small channel on one database, both served; in a trial one stands for both.
pub(crate) struct Stage<'a> {
    pub(crate) backing: Backing<'a>,
    pub(crate) large: Suite,
    small: Option<Suite>,
    pub(crate) channel: Channel,
    pub(crate) small_channel: Channel,
    pub(crate) waiting: Option<Waiting>,
}

impl<'a> Stage<'a> {
    /// Seeds and serves both; `waiting` invitations are in the large one.
    pub(crate) async fn set(backing: Backing<'a>, effort: Effort, waiting: Option<Waiting>) -> Result<Stage<'a>> {
        let channel = Channel { customers: effort.customers };
        let small_channel = Channel { customers: SMALL.min(effort.customers) };
        progress(&format!("{}: seeding {} customers and {SMALL}", backing.name(), channel.customers));
        let mut large = Suite::prepare(backing, "large").await?;
        seed::seed(backing, &large, channel, waiting).await?;
        large.serve(SIGNS_IN).await?;
        let mut small = None;
        if !effort.is_trial() {
            let mut suite = Suite::prepare(backing, "small").await?;
            seed::seed(backing, &suite, small_channel, None).await?;
            suite.serve(&[]).await?;
            small = Some(suite);
        }
        let stage = Stage { backing, large, small, channel, small_channel, waiting };
        for callers in [stage.large_callers().await?, stage.small_callers().await?] {
            first_permit(&callers).await?;
        }
        Ok(stage)
    }

    pub(crate) async fn large_callers(&self) -> Result<Arc<Callers>> {
        Callers::of(&self.large, self.channel).await
    }

    pub(crate) async fn small_callers(&self) -> Result<Arc<Callers>> {
        Callers::of(self.small(), self.small_channel).await
    }

    pub(crate) fn small(&self) -> &Suite {
        self.small.as_ref().unwrap_or(&self.large)
    }
}

/// Waits for the first order that can be placed, and asks for some more: what was seeded gives no other answer.
async fn first_permit(callers: &Callers) -> Result<()> {
    let began = Instant::now();
    let mut tick = tokio::time::interval(Duration::from_millis(50));
    loop {
        tick.tick().await;
        let answer = callers.ask(0, 0).await?;
        if answer.eligible {
            break;
        }
        ensure!(began.elapsed() < PATIENCE, "no order can be placed: {answer:?}");
    }
    for n in 1..100 {
        callers.check(n, 0).await?;
    }
    Ok(())
}
