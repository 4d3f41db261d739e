//! How many calls may be under way at once, and how many of them from one source.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// So many calls of one source are let in wherever there is room.
const LEAST_SHARE: usize = 64;

#[derive(Clone)]
pub(super) struct Room {
    places: usize,
    /// Of these, the calls of one source: a quarter, so that none takes the room from all others.
    share: usize,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by: HashMap<IpAddr, usize>,
}

/// One call's place, free again when it is dropped.
pub(super) struct Place {
    room: Room,
    source: IpAddr,
}

impl Room {
    pub(super) fn new(places: usize) -> Room {
        Room { places, share: (places / 4).max(LEAST_SHARE), taken: Arc::default() }
    }

    /// A place for a call of this source, if there is one for it.
    pub(super) fn enter(&self, source: IpAddr) -> Option<Place> {
        let mut taken = self.taken();
        if taken.all >= self.places || taken.by.get(&source).is_some_and(|count| *count >= self.share) {
            return None;
        }
        taken.all += 1;
        *taken.by.entry(source).or_default() += 1;
        Some(Place { room: self.clone(), source })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.room.taken();
        taken.all -= 1;
        if let Some(count) = taken.by.get_mut(&self.source) {
            *count -= 1;
            if *count == 0 {
                taken.by.remove(&self.source);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_source_has_its_share_and_all_together_the_room() {
        let room = Room::new(400);
        let source = |last| IpAddr::from([192, 0, 2, last]);
        let fill = |last| -> Vec<_> { std::iter::from_fn(|| room.enter(source(last))).collect() };
        let mut places: Vec<_> = (0..4).map(fill).collect();
        assert!(places.iter().all(|of_one| of_one.len() == 100));
        assert!(room.enter(source(9)).is_none(), "the room is full");
        places.truncate(3);
        assert!(room.enter(source(0)).is_none(), "its share is taken, though there is room");
        assert_eq!(fill(9).len(), 100);
        drop(places);
        assert!(room.taken().all == 0 && room.taken().by.is_empty(), "every place was given back");
    }
}
