//! What a relay is doing at the moment.

use std::collections::HashMap;
use std::time::Duration;

use database::outbox::Row;
use tokio::task::JoinError;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::POLL;
use crate::Fault;

/// What one delivery keeps from all others: a sibling, and the subject there; without an order the event alone.
pub(super) type Key = (String, String);

/// What became of an attempt.
pub(super) enum Tried {
    /// Somebody else has the row.
    NotOurs,
    Failed,
    Delivered,
}

/// What one pass is doing and has done.
pub(super) struct Pass {
    /// Each with its lane.
    pub(super) under_way: HashMap<Key, i16>,
    pub(super) finished: usize,
    /// The first error. What is under way comes to its end, and nothing is begun.
    pub(super) error: Option<Fault>,
    /// Says that nothing more is to be begun.
    pub(super) stop: CancellationToken,
    /// When the last look ended, and how long it took.
    looked: Option<(Instant, Duration)>,
    /// Whether anything has ended or was committed since.
    news: bool,
}

impl Pass {
    pub(super) fn new(stop: CancellationToken) -> Pass {
        Pass { under_way: HashMap::new(), finished: 0, error: None, stop, looked: None, news: false }
    }

    /// How many deliveries to this sibling are under way.
    pub(super) fn to(&self, destination: &str) -> usize {
        self.under_way.keys().filter(|(to, _)| to == destination).count()
    }

    pub(super) fn end(&mut self, ended: Result<(Key, Result<usize, Fault>), JoinError>) {
        self.news = true;
        match ended {
            Ok((key, tried)) => {
                self.under_way.remove(&key);
                match tried {
                    Ok(tried) => self.finished += tried,
                    Err(fault) => self.fail(fault),
                }
            }
            Err(error) => self.fail(Fault::internal(error)),
        }
    }

    /// Something was committed.
    pub(super) fn hear(&mut self) {
        self.news = true;
    }

    /// Whether to look for more now.
    pub(super) fn looks(&self) -> bool {
        !self.stop.is_cancelled() && (self.under_way.is_empty() || self.rest().is_none())
    }

    /// How long not to look while anything is under way, if any. A look reads all that is due: looking takes half of the time at most, and
    /// without news one look in a while is enough for what falls due.
    pub(super) fn rest(&self) -> Option<Duration> {
        let (ended, took) = self.looked?;
        let pause = if self.news { took } else { took.max(POLL) };
        let rest = pause.saturating_sub(ended.elapsed());
        Some(rest).filter(|rest| !rest.is_zero())
    }

    pub(super) fn looked(&mut self, began: Instant) {
        (self.looked, self.news) = (Some((Instant::now(), began.elapsed())), false);
    }

    pub(super) fn fail(&mut self, fault: Fault) {
        self.error.get_or_insert(fault);
        self.stop.cancel();
    }
}

pub(super) fn key(row: &Row) -> Key {
    let what = if row.ordered { row.subject.clone() } else { row.event.to_string() };
    (row.destination.clone(), what)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOMENT: Duration = Duration::from_millis(20);

    /// A pass that delivers something, and whose last look took a moment and ended so long ago.
    fn delivering(ago: Duration) -> Pass {
        let mut pass = Pass::new(CancellationToken::new());
        pass.under_way.insert(("notification".to_owned(), "a".to_owned()), 3);
        pass.looked = Instant::now().checked_sub(ago).map(|ended| (ended, MOMENT));
        pass
    }

    #[test]
    fn looking_takes_half_of_the_time_at_most() {
        let mut pass = delivering(Duration::ZERO);
        pass.hear();
        assert!(!pass.looks() && pass.rest().is_some_and(|rest| rest <= MOMENT));
        let mut pass = delivering(MOMENT);
        pass.hear();
        assert!(pass.looks() && pass.rest().is_none());
    }

    #[test]
    fn what_hangs_is_looked_past_seldom_while_there_is_no_news() {
        let pass = delivering(MOMENT);
        assert!(!pass.looks() && pass.rest().is_some_and(|rest| rest > MOMENT));
        assert!(delivering(POLL).looks());
        let mut pass = delivering(MOMENT);
        pass.end(Ok((("notification".to_owned(), "b".to_owned()), Ok(2))));
        assert!(pass.looks(), "what ended has left room");
        assert_eq!((pass.finished, pass.under_way.len()), (2, 1));
        pass.looked(Instant::now());
        assert!(!pass.looks());
    }

    #[test]
    fn pass_that_delivers_nothing_looks_at_once() {
        let mut pass = delivering(Duration::ZERO);
        pass.end(Ok((("notification".to_owned(), "a".to_owned()), Ok(1))));
        assert!(pass.looks() && pass.rest().is_some());
    }

    #[test]
    fn first_error_lets_nothing_more_begin() {
        let stop = CancellationToken::new();
        let mut pass = Pass::new(stop.child_token());
        assert!(pass.looks());
        for text in ["first", "second"] {
            pass.end(Ok((("notification".to_owned(), text.to_owned()), Err(Fault::internal(text)))));
        }
        assert!(!pass.looks() && pass.stop.is_cancelled() && !stop.is_cancelled());
        assert!(pass.error.unwrap().to_string().contains("first"));
    }
}
