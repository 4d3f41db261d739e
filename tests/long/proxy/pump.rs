//! One way of one connection: reads, waits while it must, forwards.

use std::io::{Read, Write};
use std::time::Instant;

use super::stream::Stream;
use super::trap::Then;
use super::{Link, Shared, State, Way};

/// What is to be done with bytes that were read.
struct Plan {
    /// So many are forwarded at once.
    first: usize,
    /// The connection is closed after them.
    cut: bool,
    /// The trap has sprung with them.
    sprung: bool,
}

impl Shared {
    /// Forwards until one of the sides is closed.
    pub(super) fn pump(&self, id: u64, way: Way, mut from: Stream, mut to: Stream) {
        let mut buffer = [0; 16 * 1024];
        loop {
            let count = from.read(&mut buffer).unwrap_or(0);
            if !self.wait(id, way) {
                break;
            }
            if count == 0 {
                to.finish();
                break;
            }
            if !self.forward(id, way, &buffer[..count], &mut to) {
                self.cut(id);
                break;
            }
        }
        let mut state = self.state();
        if let Some(link) = state.links.get_mut(&id) {
            link.running -= 1;
            if link.running == 0 {
                state.links.remove(&id);
            }
        }
    }

    /// Forwards these bytes; false when the connection is at its end.
    fn forward(&self, id: u64, way: Way, bytes: &[u8], to: &mut Stream) -> bool {
        let Some(plan) = self.plan(id, way, bytes) else { return false };
        let written = to.write_all(&bytes[..plan.first]).is_ok();
        if plan.cut {
            self.cut(id);
        }
        if plan.sprung
            && let Some(set) = &self.state().trap
        {
            // Nobody may be waiting for it any more.
            let _ = set.tell.send(());
        }
        if plan.cut || !written || plan.first == bytes.len() {
            return written && !plan.cut;
        }
        self.wait(id, way) && to.write_all(&bytes[plan.first..]).is_ok()
    }

    /// Looks at bytes before they are forwarded.
    fn plan(&self, id: u64, way: Way, bytes: &[u8]) -> Option<Plan> {
        let mut state = self.state();
        let State { links, trap, recordings, .. } = &mut *state;
        let link = links.get_mut(&id)?;
        if let (Way::Up, Some(recording)) = (way, recordings.as_mut().and_then(|all| all.get_mut(&id))) {
            recording.extend_from_slice(bytes);
        }
        if let Some(left) = &mut link.left {
            let first = bytes.len().min(*left);
            *left -= first;
            return Some(Plan { first, cut: first < bytes.len(), sprung: false });
        }
        let all = Plan { first: bytes.len(), cut: false, sprung: false };
        let Some(set) = trap.as_mut().filter(|set| !set.sprung) else { return Some(all) };
        let Some(found) = link.progress.take(&set.trap, way, bytes) else { return Some(all) };
        set.sprung = true;
        let (first, cut) = match set.trap.then {
            Then::Hold(held) => {
                link.held[held as usize] = true;
                (if held == way { found.start } else { bytes.len() }, false)
            }
            Then::CutBefore => (found.start, true),
            Then::CutAfter => (found.end, true),
        };
        Some(Plan { first, cut, sprung: true })
    }

    /// Waits while this way is held or late; false when the connection was cut meanwhile.
    fn wait(&self, id: u64, way: Way) -> bool {
        let mut state = self.state();
        let began = Instant::now();
        loop {
            let Some(link) = state.links.get(&id).filter(|link| !link.cut) else { return false };
            let late = state.delay[way as usize].saturating_sub(began.elapsed());
            let held = state.held[way as usize] || link.held[way as usize];
            if !held && late.is_zero() {
                return true;
            }
            let limit = if held { crate::program::LIMIT } else { late };
            let woken = self.changed.wait_timeout(state, limit);
            state = woken.map_or_else(|poisoned| poisoned.into_inner().0, |(state, _)| state);
        }
    }

    fn cut(&self, id: u64) {
        if let Some(link) = self.state().links.get_mut(&id) {
            Link::cut(link);
        }
        self.changed.notify_all();
    }
}
