//! What a relay is doing at the moment.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use database::outbox::Row;
use tokio::task::JoinError;

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
#[derive(Default)]
pub(super) struct Pass {
    /// Each with its lane.
    pub(super) under_way: HashMap<Key, i16>,
    pub(super) finished: usize,
    /// The first error. What is under way goes on, and nothing is begun.
    pub(super) error: Option<Fault>,
    /// Not to look for more before this time.
    rests_until: Option<Instant>,
}

impl Pass {
    /// How many deliveries to this sibling are under way.
    pub(super) fn to(&self, destination: &str) -> usize {
        self.under_way.keys().filter(|(to, _)| to == destination).count()
    }

    pub(super) fn end(&mut self, ended: Result<(Key, Result<usize, Fault>), JoinError>) {
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

    /// Whether it is time to look for more. A look reads all that is due, so looking takes half of the time at most while anything is under
    /// way.
    pub(super) fn looks(&self) -> bool {
        self.error.is_none() && (self.under_way.is_empty() || self.rest().is_none())
    }

    /// How long not to look, if any.
    pub(super) fn rest(&self) -> Option<Duration> {
        let rest = self.rests_until?.saturating_duration_since(Instant::now());
        Some(rest).filter(|rest| !rest.is_zero())
    }

    pub(super) fn looked(&mut self, began: Instant) {
        self.rests_until = Some(Instant::now() + began.elapsed());
    }

    pub(super) fn fail(&mut self, fault: Fault) {
        self.error.get_or_insert(fault);
    }
}

pub(super) fn key(row: &Row) -> Key {
    let what = if row.ordered { row.subject.clone() } else { row.event.to_string() };
    (row.destination.clone(), what)
}
