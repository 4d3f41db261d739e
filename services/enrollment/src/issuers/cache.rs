//! The keys of an issuer, asked for once and kept: so often at most, so long at most, by one task at a time. Whoever made it ask may go.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::Algorithm;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::task::JoinHandle;
use tracing::Instrument as _;

use super::keys::{Key, find};
use super::web::{Failure, Source};

/// Keys of this age are asked for anew, so that one that was withdrawn counts no longer.
const FRESH: TimeDelta = TimeDelta::hours(1);
/// Keys of this age count no more, even if the issuer can't be asked.
const USABLE: TimeDelta = TimeDelta::hours(24);
/// After an answer nobody is asked for so long, whatever keys tokens name.
const REST: TimeDelta = TimeDelta::minutes(1);
/// After a failure.
const REST_AFTER_FAILURE: TimeDelta = TimeDelta::seconds(5);
/// While it is being asked, or after that was cut off.
const REST_AFTER_NOTHING: TimeDelta = TimeDelta::seconds(1);

/// The keys of one issuer.
pub(crate) struct Cache {
    desk: Arc<Desk>,
    /// Held by the task that asks.
    asking: Arc<Mutex<()>>,
}

/// Who is asked, and what is known.
struct Desk {
    source: Source,
    known: RwLock<Arc<Known>>,
}

/// What a token asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) kid: Option<&'a str>,
    pub(crate) algorithm: Algorithm,
    pub(crate) issuer: &'a str,
}

/// Why there is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// The issuer has none like it.
    Unknown,
    /// The issuer can't be asked; when to try again.
    Away(TimeDelta),
}

/// What is known, and how it came.
#[derive(Clone, Default)]
struct Known {
    keys: Vec<Key>,
    /// When the keys were told.
    told: Option<DateTime<Utc>>,
    /// When the issuer was asked last, and what came of it.
    asked: Option<(DateTime<Utc>, Outcome)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// It is being asked, or that was cut off.
    Open,
    Told,
    Failed,
}

/// What to do about a token.
enum Step<'k> {
    Use(&'k Key),
    Refuse(Missing),
    /// Ask first; meanwhile this key counts.
    Ask(Option<&'k Key>),
}

impl Known {
    fn step(&self, wanted: &Wanted<'_>, now: DateTime<Utc>) -> Step<'_> {
        let age = self.told.map(|told| (now - told).abs());
        let key = age.filter(|age| *age < USABLE).and_then(|_| find(&self.keys, wanted));
        match (key, self.rest(now)) {
            (Some(key), _) if age.is_some_and(|age| age < FRESH) => Step::Use(key),
            (Some(key), Some(_)) => Step::Use(key),
            (key, None) => Step::Ask(key),
            (None, Some(_)) if self.asked.is_some_and(|(_, outcome)| outcome == Outcome::Told) => {
                Step::Refuse(Missing::Unknown)
            }
            (None, Some(wait)) => Step::Refuse(Missing::Away(wait)),
        }
    }

    /// For how long the issuer is left alone.
    fn rest(&self, now: DateTime<Utc>) -> Option<TimeDelta> {
        let (asked, outcome) = self.asked?;
        let rest = match outcome {
            Outcome::Open => REST_AFTER_NOTHING,
            Outcome::Told => REST,
            Outcome::Failed => REST_AFTER_FAILURE,
        };
        // A clock that was set back makes nobody wait until it has come round again.
        Some(rest - (now - asked).abs()).filter(|left| *left > TimeDelta::zero())
    }

    fn is_open(&self) -> bool {
        self.asked.is_some_and(|(_, outcome)| outcome == Outcome::Open)
    }

    fn asking(&self, now: DateTime<Utc>) -> Known {
        Known { asked: Some((now, Outcome::Open)), ..self.clone() }
    }

    fn learning(&self, answer: Result<Vec<Key>, Failure>, now: DateTime<Utc>) -> Known {
        match answer {
            Ok(keys) => Known { keys, told: Some(now), asked: Some((now, Outcome::Told)) },
            Err(_) => Known { asked: Some((now, Outcome::Failed)), ..self.clone() },
        }
    }
}

impl Cache {
    pub(crate) fn new(source: Source) -> Cache {
        Cache { desk: Arc::new(Desk { source, known: RwLock::default() }), asking: Arc::default() }
    }

    /// The key that is wanted; the issuer is asked where that may help.
    pub(crate) async fn key(&self, wanted: &Wanted<'_>, now: impl Fn() -> DateTime<Utc>) -> Result<Key, Missing> {
        let known = self.desk.known();
        let turn = match known.step(wanted, now()) {
            Step::Use(key) => return Ok(key.clone()),
            // It is being asked: the answer is worth waiting for.
            Step::Refuse(Missing::Away(_)) if known.is_open() => self.turn().await,
            Step::Refuse(missing) => return Err(missing),
            // What is known is good enough while somebody else asks.
            Step::Ask(Some(key)) => match Arc::clone(&self.asking).try_lock_owned() {
                Ok(turn) => turn,
                Err(_) => return Ok(key.clone()),
            },
            Step::Ask(None) => self.turn().await,
        };
        // Somebody else may have asked while this call waited.
        if let Step::Ask(_) = self.desk.known().step(wanted, now()) {
            // Should it not come to its end, nothing was learned.
            let _ = self.ask(turn, now()).await;
        }
        match self.desk.known().step(wanted, now()) {
            Step::Use(key) | Step::Ask(Some(key)) => Ok(key.clone()),
            Step::Refuse(missing) => Err(missing),
            Step::Ask(None) => Err(Missing::Away(REST_AFTER_NOTHING)),
        }
    }

    async fn turn(&self) -> OwnedMutexGuard<()> {
        Arc::clone(&self.asking).lock_owned().await
    }

    /// Asks in a task of its own: a call is given up when its caller likes, and with it all who wait for the answer would have to begin anew.
    #[expect(
        clippy::disallowed_methods,
        reason = "it ends in time by itself, and nothing is lost when stopping cuts it off"
    )]
    fn ask(&self, turn: OwnedMutexGuard<()>, now: DateTime<Utc>) -> JoinHandle<()> {
        let desk = Arc::clone(&self.desk);
        let ask = async move {
            let _turn = turn;
            desk.ask(now).await;
        };
        tokio::spawn(ask.in_current_span())
    }
}

impl Desk {
    async fn ask(&self, now: DateTime<Utc>) {
        let began = Instant::now();
        self.learn(|known| known.asking(now));
        let answer = self.source.keys().await;
        if let Err(failure) = &answer {
            tracing::warn!(%failure, document = %self.source.document(), "an issuer does not tell its keys");
        }
        let took = TimeDelta::from_std(began.elapsed()).unwrap_or_default();
        self.learn(|known| known.learning(answer, now + took));
    }

    fn known(&self) -> Arc<Known> {
        Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn learn(&self, change: impl FnOnce(&Known) -> Known) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        *known = Arc::new(change(&known));
    }
}

#[cfg(test)]
mod tests;
