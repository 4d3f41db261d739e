//! From a journey that came out otherwise to the fewest of its steps that still do.

use super::batch::{Ending, Ground};
use super::oracle::Verdict;
use super::step::Step;
use super::world::Turn;

/// The shortest journey that was found to differ, as lines to read.
pub(super) async fn least(ground: &mut Ground<'_>, turns: &[Turn], steps: &[Step]) -> String {
    let Some(mut shortest) = differing(ground, turns, steps).await else {
        let lines: Vec<String> = steps.iter().map(|step| format!("  {step:?}")).collect();
        return format!("it differs only beside the others of its batch:\n{}", lines.join("\n"));
    };
    // What was pointless goes first, then ever smaller pieces.
    let mut steps: Vec<Step> = pointed(&shortest);
    let mut piece = steps.len().div_ceil(2);
    while piece > 0 {
        let mut at = 0;
        while at < steps.len() {
            let mut fewer = steps.clone();
            fewer.drain(at..(at + piece).min(steps.len()));
            match differing(ground, turns, &fewer).await {
                Some(ending) => (steps, shortest) = (fewer, ending),
                None => at += piece,
            }
        }
        piece /= 2;
    }
    told(&shortest)
}

async fn differing(ground: &mut Ground<'_>, turns: &[Turn], steps: &[Step]) -> Option<Ending> {
    let ending = ground.play(turns, &[steps.to_vec()]).await.pop()?;
    ending.differs.is_some().then_some(ending)
}

fn pointed(ending: &Ending) -> Vec<Step> {
    ending.tried.iter().filter(|(_, verdict)| *verdict != Verdict::Pointless).map(|(step, _)| *step).collect()
}

fn told(ending: &Ending) -> String {
    let mut told: Vec<String> =
        ending.tried.iter().map(|(step, verdict)| format!("  {step:?} -> {verdict:?}")).collect();
    told.push(ending.differs.clone().unwrap_or_default());
    format!("the oracle foretold\n{}", told.join("\n"))
}
