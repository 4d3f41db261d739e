//! How long to wait after a failed delivery.

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(600);

/// A random half to whole of a bound that doubles with each attempt, so that many that failed together do not return together,
/// and none at once.
pub(crate) fn pause(attempts: u32) -> Duration {
    bound(attempts).mul_f64(0.5 + share() / 2.0)
}

/// A random duration of 75 to 125 percent of this one.
pub(crate) fn about(duration: Duration) -> Duration {
    duration.mul_f64(0.75 + share() / 2.0)
}

fn bound(attempts: u32) -> Duration {
    let doubled = 1u32.checked_shl(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
    FIRST.saturating_mul(doubled).min(LONGEST)
}

#[expect(clippy::disallowed_methods, reason = "jitter decides only when to try again, never what is stored")]
fn share() -> f64 {
    rand::Rng::random(&mut rand::rng())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bound_doubles_up_to_ten_minutes() {
        let seconds: Vec<_> = [0, 1, 2, 3, 10, 11, 16, 40].map(|n| bound(n).as_secs()).to_vec();
        assert_eq!(seconds, [1, 1, 2, 4, 512, 600, 600, 600]);
    }

    #[test]
    fn pauses_are_half_of_the_bound_to_all_of_it_and_differ() {
        let pauses: Vec<_> = (0..100).map(|_| pause(3)).collect();
        assert!(pauses.iter().all(|pause| (2.0..=4.0).contains(&pause.as_secs_f64())));
        assert!(pauses.iter().any(|pause| pause != pauses.first().unwrap()));
    }
}
