//! What a connection must show, and what is done to it then.

use std::ops::Range;
use std::sync::mpsc::Receiver;

use super::Way;
use crate::program::LIMIT;

/// Patterns of bytes that one connection shows one after the other, and what happens at the last of them.
pub(crate) struct Trap {
    steps: Vec<(Way, Vec<u8>)>,
    pub(super) then: Then,
}

/// What happens at the last pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// The connection's bytes of this way are kept back: from the pattern on, if it goes that way, else from now on.
    Hold(Way),
    /// The connection is closed before the pattern is forwarded.
    CutBefore,
    /// The connection is closed once the pattern has been forwarded.
    CutAfter,
}

/// Tells when the trap has sprung.
pub(crate) struct Sprung(pub(super) Receiver<()>);

/// How far one connection has come.
#[derive(Default)]
pub(super) struct Progress {
    step: usize,
    /// The end of what passed, for a pattern that comes in pieces.
    tails: [Vec<u8>; 2],
}

impl Trap {
    /// Waits for this first.
    pub(crate) fn on(way: Way, pattern: impl Into<Vec<u8>>) -> Trap {
        Trap { steps: vec![(way, pattern.into())], then: Then::CutBefore }
    }

    /// Waits for this on the same connection afterwards.
    pub(crate) fn then(mut self, way: Way, pattern: impl Into<Vec<u8>>) -> Trap {
        self.steps.push((way, pattern.into()));
        self
    }

    /// Keeps back what goes this way on the connection, the last pattern included if it is of this way.
    pub(crate) fn hold(self, way: Way) -> Trap {
        Trap { then: Then::Hold(way), ..self }
    }

    /// Closes the connection before the last pattern is forwarded.
    pub(crate) fn cut_before(self) -> Trap {
        Trap { then: Then::CutBefore, ..self }
    }

    /// Closes the connection once the last pattern has been forwarded.
    pub(crate) fn cut_after(self) -> Trap {
        Trap { then: Then::CutAfter, ..self }
    }
}

impl Sprung {
    /// Waits until it has sprung.
    pub(crate) fn seen(&self) {
        self.0.recv_timeout(LIMIT).expect("the trap springs in time");
    }
}

impl Progress {
    /// Takes in what passes; where in it the last pattern stands, once all have been seen. A pattern that began in an earlier
    /// piece begins here with this one.
    pub(super) fn take(&mut self, trap: &Trap, way: Way, bytes: &[u8]) -> Option<Range<usize>> {
        let mut from = 0;
        while let Some((expected, pattern)) = trap.steps.get(self.step) {
            if *expected != way {
                return None;
            }
            let tail = &mut self.tails[way as usize];
            let before = tail.len();
            tail.extend_from_slice(&bytes[from..]);
            let found = tail.windows(pattern.len()).position(|window| window == pattern);
            let Some(at) = found else {
                let keep = tail.len().saturating_sub(pattern.len() - 1);
                tail.drain(..keep);
                return None;
            };
            let (start, end) = (from + at.saturating_sub(before), from + at + pattern.len() - before);
            self.tails = Default::default();
            self.step += 1;
            from = end;
            if self.step == trap.steps.len() {
                return Some(start..end);
            }
        }
        None
    }
}
