//! X1: whole journeys, from the first sign-in to the order decision, mails included.

use std::time::Instant;

use anyhow::{Context, Result, bail};
use linkage::demo::{Journey, Player, Printer, SHIPPED};
use linkage::people::People;
use linkage::{Client, SigningKey};
use tokio::task::JoinSet;

use crate::figure::{Figure, Unit};
use crate::options::Effort;
use crate::progress;
use crate::suite::{Backing, SIGNS_IN, Suite};

/// Where the journey has come to its decision.
const DECISION: &str = "relationship.OrderEligibilityService/CheckOrderEligibility";

/// What some journeys came to.
struct Played {
    journeys: usize,
    seconds: f64,
    cpu: f64,
}

pub(crate) async fn on(backing: Backing<'_>, effort: Effort) -> Result<Vec<Figure>> {
    let on = backing.name();
    let mut suite = Suite::prepare(backing, "journeys").await?;
    suite.serve(SIGNS_IN).await?;
    let journey = journey()?;
    // Once, for what all others share: the agreements are published.
    play(&suite, &journey, 1).await?;
    let each = effort.repeats.div_ceil(25);
    let mut rounds = Vec::new();
    for turn in 1..=effort.rounds {
        progress(&format!("X1 on {on}, round {turn} of {}: {each} journeys at once", effort.rounds));
        rounds.push(play(&suite, &journey, each).await?);
    }
    let rates = rounds.iter().map(|round| round.journeys as f64 / round.seconds).collect();
    let cost: Vec<_> = rounds.iter().map(|round| round.cpu / round.journeys as f64).collect();
    let growth = cost.last().zip(cost.first()).map_or(0.0, |(last, first)| last / first);
    let steps = journey.steps.len();
    Ok(vec![
        Figure::new("X1", format!("whole journeys on {on}, {each} at once"), Unit::PerSecond, rates)
            .note(format!("{steps} steps each, among them the mails that must have arrived; a player looks for a mail ten times a second")),
        Figure::new("X1", format!("server CPU per journey on {on}"), Unit::Milliseconds, cost)
            .note(format!("the last round's over the first's: {growth:.2}×")),
    ])
}

/// The journey that ships, up to its first order decision.
fn journey() -> Result<Journey> {
    let mut journey = Journey::parse(SHIPPED)?;
    let decision = journey.steps.iter().position(|step| step.call.as_deref() == Some(DECISION));
    journey.steps.truncate(decision.context("it comes to a decision")? + 1);
    Ok(journey)
}

async fn play(suite: &Suite, journey: &Journey, players: usize) -> Result<Played> {
    let server = suite.pid().context("it runs")?;
    let (began, before) = (Instant::now(), server.cpu()?);
    let mut playing = JoinSet::new();
    for _ in 0..players {
        let key = SigningKey::load_or_create(&suite.keys().join(runtime::keys::ISSUER_FILE))?;
        let mut player = Player {
            client: Client::new(suite.addresses())?,
            people: People::new(key),
            operator: linkage::Settings::shipped()?.operator.email,
            retry_for: std::time::Duration::ZERO,
            patience: linkage::demo::play::PATIENCE,
            printer: Printer::Silent,
        };
        let journey = journey.clone();
        playing.spawn(async move { player.play(&journey, &linkage::play::run_name()).await });
    }
    while let Some(ended) = playing.join_next().await {
        if let Some((number, name, wrong)) = ended??.failed {
            bail!("step {number} ({name}): {}", wrong.join("; "));
        }
    }
    let spent = (server.cpu()? - before).as_secs_f64() * 1e3;
    Ok(Played { journeys: players, seconds: began.elapsed().as_secs_f64(), cpu: spent })
}
