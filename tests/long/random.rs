//! Random journeys of providers, resellers and customers, sensible and not, against an oracle that keeps the requirements on paper.

mod batch;
mod caller;
mod cast;
mod compare;
mod draw;
mod eligible;
mod enrolling;
mod lead;
mod oracle;
mod people;
mod perform;
mod play;
mod relating;
mod reminding;
mod report;
mod requests;
mod shrink;
mod step;
mod tables;
mod world;

use std::num::NonZeroUsize;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::harness::{Stage, each};
use crate::kills;
use batch::{Ending, Ground};
use report::Report;
use step::Step;
use world::{Capacity, Plan, Turn, World};

/// So many journeys are played beside each other.
const BESIDE: usize = 25;
const STEPS: std::ops::Range<usize> = 40..80;

/// Everything that is random about one batch comes from here.
fn runner(seed: u64, batch: usize) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&(batch as u64).to_le_bytes());
    TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

fn draw<S: Strategy>(strategy: &S, runner: &mut TestRunner) -> S::Value {
    strategy.new_tree(runner).expect("a value").current()
}

fn turns(runner: &mut TestRunner) -> Vec<Turn> {
    let publish = prop_oneof![
        2 => Just(None),
        1 => prop::sample::select(&[Capacity::Provider, Capacity::Reseller][..]).prop_map(Some),
    ];
    let hours = prop::sample::select(&[30i64, 75, 200][..]);
    draw(&prop::collection::vec((publish, hours).prop_map(|(publish, hours)| Turn { publish, hours }), 1..4), runner)
}

/// A journey, step by step from where the one before leads.
fn journey(plan: &Plan, runner: &mut TestRunner) -> Vec<Step> {
    let mut world = World::new(plan.clone());
    let steps = draw(&STEPS, runner);
    (0..steps)
        .map(|_| {
            let step = draw(&draw::next(&world), runner);
            world.take(step);
            step
        })
        .collect()
}

#[expect(
    clippy::print_stdout,
    reason = "a run that failed is repeated by its seed, one that held is told by its figures"
)]
async fn play(count: usize) {
    let seed = kills::seed();
    println!("seed {seed}: give it as LINKAGE_TEST_SEED to play the same journeys");
    each(async |stage| {
        let name = if stage.can_be_replicated() { "postgres" } else { "sqlite" };
        play_on(stage, name, seed, count).await;
    })
    .await;
}

#[expect(
    clippy::print_stdout,
    reason = "a run that failed is repeated by its seed, one that held is told by its figures"
)]
async fn play_on(stage: &mut Stage, name: &str, seed: u64, count: usize) {
    let mut ground = Ground::prepare(stage).await;
    let mut report = Report::begin(name);
    for batch in 0..count.div_ceil(BESIDE) {
        let mut runner = runner(seed, batch);
        let turns = turns(&mut runner);
        let plan = ground.plan(&turns);
        let size = BESIDE.min(count - batch * BESIDE);
        let journeys: Vec<Vec<Step>> = (0..size).map(|_| journey(&plan, &mut runner)).collect();
        let endings = ground.play(&turns, &journeys).await;
        let differs = |(at, ending): (usize, &Ending)| ending.differs.clone().map(|differs| (at, differs));
        let differing: Vec<(usize, String)> = endings.iter().enumerate().filter_map(differs).collect();
        for (at, differs) in &differing {
            println!("journey {at} of batch {batch} differs: {differs}");
        }
        if let Some((at, _)) = differing.first() {
            let told = shrink::least(&mut ground, &turns, &journeys[*at]).await;
            panic!("on {name} with LINKAGE_TEST_SEED={seed}, journey {at} of batch {batch}:\n{told}");
        }
        endings.iter().for_each(|ending| report.add(ending));
    }
    println!("{report}");
    assert_eq!(report.journeys(), count, "every journey is played");
    report.is_far_reaching();
}

/// How many journeys are played per database: as many as asked for, else so many.
#[expect(clippy::disallowed_methods, reason = "how many journeys is asked for by hand")]
fn count(usual: usize) -> usize {
    let asked = std::env::var("LINKAGE_TEST_JOURNEYS").ok();
    asked.map_or(usual, |asked| asked.parse::<NonZeroUsize>().expect("LINKAGE_TEST_JOURNEYS is a number").get())
}

/// On paper alone, so that what is drawn can be judged without playing it.
#[test]
#[expect(
    clippy::print_stdout,
    reason = "a run that failed is repeated by its seed, one that held is told by its figures"
)]
fn what_is_drawn_comes_to_everything_that_matters() {
    let seed = kills::seed();
    let mut report = Report::begin("on paper");
    for batch in 0..600 {
        let mut runner = runner(seed, batch);
        let turns = turns(&mut runner);
        let plan = Plan { turns, versions: [(Capacity::Provider, 3), (Capacity::Reseller, 3)].into() };
        let mut world = World::new(plan.clone());
        let tried = journey(&plan, &mut runner).into_iter().map(|step| (step, world.take(step))).collect();
        report.add(&Ending { tried, world, differs: None });
    }
    println!("seed {seed}\n{report}");
    report.is_far_reaching();
}

#[tokio::test(flavor = "multi_thread")]
async fn r38_some_random_journeys_come_out_as_an_oracle_says() {
    play(count(25)).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes an hour"]
async fn r38_two_thousand_random_journeys_come_out_as_an_oracle_says() {
    play(count(2_000)).await;
}
