//! How often a message is tried, and how long it rests in between.

use chrono::TimeDelta;

/// When to try again, and when to give up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tries {
    /// As often as this, then it is parked.
    pub(crate) most: u32,
    /// At most this long after the first try; doubled with each.
    pub(crate) first: TimeDelta,
    /// Never longer than this.
    pub(crate) longest: TimeDelta,
}

impl Tries {
    /// The rest after this many tries: anything from nothing to the bound, so that messages refused together come back apart.
    /// `chance` says where in between.
    pub(crate) fn pause(self, attempts: u32, chance: u32) -> TimeDelta {
        let doubled = 1i64.checked_shl(attempts.saturating_sub(1)).filter(|factor| *factor > 0);
        let bound = doubled
            .and_then(|factor| self.first.num_microseconds()?.checked_mul(factor))
            .unwrap_or(i64::MAX)
            .min(self.longest.num_microseconds().unwrap_or(i64::MAX));
        let part = i128::from(bound) * i128::from(chance) / i128::from(u32::MAX);
        TimeDelta::microseconds(i64::try_from(part).unwrap_or(bound))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TRIES: Tries = Tries { most: 16, first: TimeDelta::seconds(1), longest: TimeDelta::minutes(10) };

    #[test]
    fn the_bound_doubles_up_to_the_longest() {
        let bounds: Vec<_> = (1..=12).map(|attempt| TRIES.pause(attempt, u32::MAX).num_seconds()).collect();
        assert_eq!(bounds, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]);
        assert_eq!(TRIES.pause(5, 0), TimeDelta::zero());
        assert_eq!(TRIES.pause(5, u32::MAX / 2).num_seconds(), 7, "half of sixteen, less a breath");
    }

    proptest! {
        #[test]
        fn a_pause_stays_in_its_bound(attempts: u32, chance: u32) {
            let pause = TRIES.pause(attempts, chance);
            prop_assert!(pause >= TimeDelta::zero() && pause <= TRIES.longest);
        }
    }
}
