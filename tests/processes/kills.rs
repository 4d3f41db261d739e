//! A journey during which the services are killed again and again.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::thread;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::program::{LIMIT, Place, Process};
use crate::trail::Trail;

/// For how long nothing new may be written before a trail counts as whole: passes are made each second or more often.
const QUIET: Duration = Duration::from_secs(4);
/// How long what was left by a killed process may take: several leases.
const RECOVERY: Duration = Duration::from_secs(60);
/// Between two looks at a trail.
const BREATH: Duration = Duration::from_millis(300);

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

/// A journey that was played, and the services it was played against, still serving.
struct Played<'p> {
    place: &'p Place,
    arguments: &'p [&'p str],
    serving: Process,
}

/// Plays the journey in one place without kills and in another with them; what the trails differ in.
pub(crate) fn differences(places: [&Place; 2], arguments: &[&str], moments: &[Moment]) -> Vec<String> {
    let [quiet, noisy] = places;
    let (mut whole, killed) = thread::scope(|scope| {
        let whole = scope.spawn(|| play(quiet, arguments, &[]));
        let killed = play(noisy, arguments, moments);
        (whole.join().expect("the journey without kills"), killed)
    });
    let whole = whole.at_rest();
    killed.comes_to(&whole)
}

/// Plays the journey, kills everything at these moments and starts it again on the same data and ports.
fn play<'p>(place: &'p Place, arguments: &'p [&'p str], moments: &[Moment]) -> Played<'p> {
    let mut serving = place.serve(arguments);
    // The same run's name everywhere, so that mailboxes have the same addresses.
    let run = ["--run", "kills"];
    let command = place.command(&[&["demo", "--against", "--format", "json", "--retry-for", "60"], &run[..]].concat());
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
    Played { place, arguments, serving }
}

impl Played<'_> {
    /// The trail once nothing more is written to it, which is soon where nothing was killed.
    fn at_rest(&mut self) -> Trail {
        let (mut trail, mut since) = (Trail::read(self.place), Instant::now());
        while since.elapsed() < QUIET {
            self.serving.line(BREATH);
            let now = Trail::read(self.place);
            if now != trail {
                (trail, since) = (now, Instant::now());
            }
        }
        assert_ne!(trail, Trail::default(), "the trail is empty");
        trail
    }

    /// Waits for this trail: what a killed process had claimed is free again only once its lease is over. Then everything is
    /// started once more, so that what would still come comes. Says what differs.
    fn comes_to(mut self, expected: &Trail) -> Vec<String> {
        let began = Instant::now();
        while began.elapsed() < RECOVERY && Trail::read(self.place) != *expected {
            self.serving.line(BREATH);
        }
        assert_eq!(self.serving.stop().code, Some(0));
        self.serving = self.place.serve(self.arguments);
        let trail = self.at_rest();
        assert_eq!(self.serving.stop().code, Some(0));
        expected.differences(&trail)
    }
}
