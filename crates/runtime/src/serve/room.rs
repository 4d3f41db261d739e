//! How many may be under way at once, and how many of them of one source.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// So many calls of one source are let in wherever there is room.
const LEAST_SHARE: usize = 64;

#[derive(Clone)]
pub(crate) struct Room<K> {
    places: usize,
    /// Of these, those of one source, so that none takes the room from all others.
    share: usize,
    taken: Arc<Mutex<Taken<K>>>,
}

struct Taken<K> {
    all: usize,
    by: HashMap<K, usize>,
}

/// One's place, free again when it is dropped.
pub(crate) struct Place<K: Eq + Hash> {
    taken: Arc<Mutex<Taken<K>>>,
    source: K,
}

impl<K: Clone + Eq + Hash> Room<K> {
    /// Room for calls: a quarter of it for one source.
    pub(super) fn new(places: usize) -> Room<K> {
        Room::shared(places, (places / 4).max(LEAST_SHARE))
    }

    /// Room of so many places, so many of them for one source.
    pub(crate) fn shared(places: usize, share: usize) -> Room<K> {
        Room { places, share, taken: Arc::new(Mutex::new(Taken { all: 0, by: HashMap::new() })) }
    }

    /// A place for one of this source, if there is one for it.
    pub(crate) fn enter(&self, source: K) -> Option<Place<K>> {
        let mut taken = lock(&self.taken);
        if taken.all >= self.places || taken.by.get(&source).is_some_and(|count| *count >= self.share) {
            return None;
        }
        taken.all += 1;
        *taken.by.entry(source.clone()).or_default() += 1;
        Some(Place { taken: Arc::clone(&self.taken), source })
    }
}

fn lock<K>(taken: &Mutex<Taken<K>>) -> MutexGuard<'_, Taken<K>> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<K: Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let mut taken = lock(&self.taken);
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
    use std::net::IpAddr;

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
        let taken = lock(&room.taken);
        assert!(taken.all == 0 && taken.by.is_empty(), "every place was given back");
    }
}
