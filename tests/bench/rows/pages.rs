//! L1, L2: pages of a reseller's shared customers, of few and of many, first and deep.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use tonic::metadata::{Ascii, MetadataValue};

use super::Stage;
use crate::calls::Callers;
use crate::cast::Of;
use crate::figure::{Figure, Unit, by_round};
use crate::load::{self, Round, Sample};
use crate::options::Effort;
use crate::progress;

const PAGE: i32 = 50;
/// The largest page there is, for the way to the deep one.
const STRIDE: i32 = 200;

/// Pages of one reseller.
struct Reader {
    callers: Arc<Callers>,
    bearer: MetadataValue<Ascii>,
}

pub(crate) async fn on(stage: &Stage<'_>, effort: Effort) -> Result<Vec<Figure>> {
    progress(&format!("pages on {}", stage.backing.name()));
    let large = Reader::of(stage.large_callers().await?)?;
    let small = Reader::of(stage.small_callers().await?)?;
    let deep = large.deep().await?;
    let [mut many, mut few, mut far] = [const { Vec::new() }; 3];
    for turn in 0..=effort.rounds {
        let round = Round::of(Duration::from_secs(60)).alone().most(effort.repeats as u64);
        let first = large.read(round, "").await?;
        let other = small.read(round, "").await?;
        let last = large.read(round, &deep).await?;
        if turn > 0 {
            many.push(first);
            few.push(other);
            far.push(last);
        }
    }
    let (from, to, on) = (stage.small_channel.customers, stage.channel.customers, stage.backing.name());
    let p50 = |sample: &Sample| sample.p50;
    let l1 = format!("first page of shared customers on {on}, p50 at {to} over p50 at {from}");
    let l2 = format!("page at nine tenths over first page on {on}, p50 at {to}");
    Ok(vec![
        Figure::new("L1", l1, Unit::Times, by_round(&many, &few, p50)).target(1.5, 1.1).beside(
            &many,
            &format!("with {from} customers"),
            &few,
        ),
        Figure::new("L2", l2, Unit::Times, by_round(&far, &many, p50)).target(4.0, 1.5).beside(
            &far,
            "the first page",
            &many,
        ),
    ])
}

impl Reader {
    fn of(callers: Arc<Callers>) -> Result<Reader> {
        let bearer = callers.signer().bearer(Of::Reseller, callers.channel.large())?;
        Ok(Reader { callers, bearer })
    }

    /// Where the page at nine tenths begins.
    async fn deep(&self) -> Result<String> {
        let mut token = String::new();
        // Each customer is there twice, once for either partner; the reseller's own are listed.
        for _ in 0..self.callers.channel.customers * 9 / 10 / u64::try_from(STRIDE)? {
            token = self.callers.customers(&self.bearer, &token, STRIDE).await?;
        }
        Ok(token)
    }

    async fn read(&self, round: Round, after: &str) -> Result<Sample> {
        let (callers, bearer, after) = (Arc::clone(&self.callers), self.bearer.clone(), after.to_owned());
        load::run(round, move |_, _| {
            let (callers, bearer, after) = (Arc::clone(&callers), bearer.clone(), after.clone());
            async move { callers.customers(&bearer, &after, PAGE).await.map(drop) }
        })
        .await
    }
}
