//! From a journey that came out otherwise to the fewest of its steps that still do.

use super::batch::{Ending, Ground};
use super::oracle::Verdict;
use super::step::Step;
use super::world::Turn;

/// The shortest journey that was found to differ, as lines to read.
pub(super) async fn least(ground: &mut Ground<'_>, turns: &[Turn], steps: &[Step]) -> String {
    let Some(mut shortest) = differing(ground, turns, steps, None).await else {
        let lines: Vec<String> = steps.iter().map(|step| format!("  {step:?}")).collect();
        return format!("it differs only beside the others of its batch:\n{}", lines.join("\n"));
    };
    // What was pointless goes first, then ever smaller pieces.
    let mut steps: Vec<Step> = pointed(&shortest);
    let about = shortest.differs.as_deref().map(about).unwrap_or_default();
    let mut piece = steps.len().div_ceil(2);
    while piece > 0 {
        let mut at = 0;
        while at < steps.len() {
            let mut fewer = steps.clone();
            fewer.drain(at..(at + piece).min(steps.len()));
            match differing(ground, turns, &fewer, Some(&about)).await {
                Some(ending) => (steps, shortest) = (fewer, ending),
                None => at += piece,
            }
        }
        piece /= 2;
    }
    told(&shortest)
}

/// How these steps differ, if they do, and in this way if one is named.
async fn differing(ground: &mut Ground<'_>, turns: &[Turn], steps: &[Step], way: Option<&str>) -> Option<Ending> {
    let ending = ground.play(turns, &[steps.to_vec()]).await.pop()?;
    let differs = about(ending.differs.as_deref()?);
    way.is_none_or(|way| way == differs).then_some(ending)
}

/// What a difference is about, whoever it concerns: another one must not take its place.
fn about(differs: &str) -> String {
    let first = differs.lines().next().unwrap_or_default();
    let Some((step, should)) = first.split_once(" should ") else { return first.to_owned() };
    let step: String = step.chars().take_while(|letter| letter.is_alphanumeric()).collect();
    let should = if should.starts_with("answer") { "answer" } else { should.split(':').next().unwrap_or_default() };
    format!("{step} should {should}")
}

fn pointed(ending: &Ending) -> Vec<Step> {
    ending.tried.iter().filter(|(_, verdict)| *verdict != Verdict::Pointless).map(|(step, _)| *step).collect()
}

fn told(ending: &Ending) -> String {
    let pointed = ending.tried.iter().filter(|(_, verdict)| *verdict != Verdict::Pointless);
    let mut told: Vec<String> = pointed.map(|(step, verdict)| format!("  {step:?} -> {verdict:?}")).collect();
    told.push(ending.differs.clone().unwrap_or_default());
    format!("the oracle foretold\n{}", told.join("\n"))
}
