//! Codes that are mailed to an address: each good for ten minutes, five tries and whoever asked for it.

use chrono::{DateTime, TimeDelta, Utc};
use ids::SignInCodeId;

/// So long a code is good for.
pub(crate) const LIFETIME: TimeDelta = TimeDelta::minutes(10);
/// So many wrong codes void the right one.
pub(crate) const TRIES: i32 = 5;
/// Mails are counted over so long.
pub(crate) const WINDOW: TimeDelta = TimeDelta::hours(1);

/// A code of an address. What it is derived from, not the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignInCode {
    pub(crate) id: SignInCodeId,
    /// Stands for the address.
    pub(crate) address: String,
    pub(crate) nonce: String,
    /// Tries that are left.
    pub(crate) tries: i32,
    pub(crate) expires: DateTime<Utc>,
}

/// What a code that was shown does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// It lets in, once.
    Right,
    /// It is wrong, which costs a try.
    Wrong,
    /// Whatever was shown, no code counts any more.
    Void,
}

/// Mail that one more is counted to, under a name that stands for whom it reaches or who asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) key: String,
    pub(crate) begins: DateTime<Utc>,
    pub(crate) most: i64,
}

/// A code that was mailed: what the letter is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailed {
    pub(crate) code: SignInCode,
    pub(crate) address: String,
    pub(crate) language: String,
}

impl SignInCode {
    /// One more code of an address, with tries of its own.
    pub(crate) fn new(id: SignInCodeId, address: String, nonce: String, now: DateTime<Utc>) -> SignInCode {
        SignInCode { id, address, nonce, tries: TRIES, expires: now + LIFETIME }
    }

    /// Judges a code that was shown, and counts it.
    pub(crate) fn show(&mut self, right: bool, now: DateTime<Utc>) -> Shown {
        if now >= self.expires || self.tries == 0 {
            return Shown::Void;
        }
        if right {
            return Shown::Right;
        }
        self.tries -= 1;
        Shown::Wrong
    }
}

/// When the window that a time is in begins.
pub(crate) fn window(now: DateTime<Utc>) -> DateTime<Utc> {
    let length = WINDOW.num_seconds();
    DateTime::from_timestamp(now.timestamp().div_euclid(length) * length, 0).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::{id, now};

    fn code() -> SignInCode {
        SignInCode::new(id(1), "stands for it".to_owned(), "nonce".to_owned(), now())
    }

    #[test]
    fn r17_a_code_is_good_for_ten_minutes_to_the_second() {
        let second = TimeDelta::seconds(1);
        let edge = now() + TimeDelta::minutes(10);
        assert_eq!(code().show(true, edge - second), Shown::Right);
        for late in [edge, edge + second] {
            let mut code = code();
            assert_eq!((code.show(true, late), code.show(false, late)), (Shown::Void, Shown::Void));
            assert_eq!(code.tries, TRIES, "nothing is left to be guessed");
        }
    }

    #[test]
    fn r17_five_wrong_codes_void_the_right_one() {
        let mut code = code();
        for _ in 0..4 {
            assert_eq!(code.show(false, now()), Shown::Wrong);
        }
        assert_eq!(code.clone().show(true, now()), Shown::Right, "four leave one");
        assert_eq!(code.show(false, now()), Shown::Wrong);
        assert_eq!((code.show(true, now()), code.tries), (Shown::Void, 0));
    }

    #[test]
    fn a_window_is_an_hour_and_ends_where_the_next_begins() {
        let begins = window(now());
        assert!(begins <= now() && now() < begins + WINDOW);
        assert_eq!(window(begins + WINDOW - TimeDelta::seconds(1)), begins);
        assert_eq!(window(begins + WINDOW), begins + WINDOW);
    }
}
