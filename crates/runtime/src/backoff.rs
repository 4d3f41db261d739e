//! How long to wait after a failed delivery.

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(600);

/// Full jitter: a random share of a bound that doubles with each attempt, so that many that failed together do not return together.
pub(crate) fn pause(attempts: u32) -> Duration {
    bound(attempts).mul_f64(share())
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
    fn pauses_stay_below_the_bound_and_differ() {
        let pauses: Vec<_> = (0..100).map(|_| pause(3)).collect();
        assert!(pauses.iter().all(|pause| *pause <= Duration::from_secs(4)));
        assert!(pauses.iter().any(|pause| pause != pauses.first().unwrap()));
    }
}
