//! A journey during which the services are killed again and again.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::program::{LIMIT, Place, Process};
use crate::trail::Trail;

/// When to kill: so many steps were played, and then so much time passed.
#[derive(Debug)]
pub(crate) struct Moment {
    steps: usize,
    then: Duration,
}

/// A seed that was not used before; printed, so that a run can be repeated.
#[expect(clippy::disallowed_methods, reason = "the seed of a run that failed is given by hand")]
pub(crate) fn seed() -> u64 {
    let given = std::env::var("LINKAGE_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| RandomState::new().build_hasher().finish())
}

/// So many random moments of the shipped journey.
pub(crate) fn moments(seed: u64, count: usize) -> Vec<Moment> {
    let steps = linkage::demo::Journey::parse(linkage::demo::SHIPPED).expect("the shipped journey").steps.len();
    let mut random = StdRng::seed_from_u64(seed);
    let mut at = rand::seq::index::sample(&mut random, steps - 1, count).into_vec();
    at.sort_unstable();
    at.into_iter().map(|steps| Moment { steps, then: Duration::from_micros(random.random_range(0..200_000)) }).collect()
}

/// Plays the journey, kills everything at these moments and starts it again on the same data and ports; gives the trail
/// that is left.
pub(crate) fn play(place: &Place, arguments: &[&str], moments: &[Moment]) -> Trail {
    let mut serving = place.serve(arguments);
    let command = place.command(&["demo", "--against", "--format", "json", "--retry-for", "60"]);
    let mut demo = Process::start(command);
    let mut played = 0;
    for moment in moments {
        while played < moment.steps && demo.line(LIMIT).is_some() {
            played += 1;
        }
        let began = Instant::now();
        while let Some(left) = moment.then.checked_sub(began.elapsed()) {
            match demo.line(left) {
                Some(_) => played += 1,
                None => break,
            }
        }
        serving.kill();
        serving = place.serve(arguments);
    }
    let ended = demo.end();
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.out.lines().last().unwrap_or_default(), ended.err);
    let trail = Trail::whole(place);
    assert_eq!(serving.stop().code, Some(0));
    trail
}
