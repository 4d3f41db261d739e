//! The id itself: a UUID that knows its kind, spelled in 26 characters that sort as the bytes do.

use std::{cmp, fmt, hash, marker::PhantomData, str::FromStr};

use data_encoding::BASE32_DNSSEC;
use uuid::Uuid;

use crate::Kind;

/// Names one thing of kind `K`; ids of different kinds don't mix.
pub struct Id<K>(Uuid, PhantomData<fn() -> K>);

/// Not the one spelling that an id has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id has 26 characters, 0 to 9 and a to v")]
pub struct InvalidId;

impl<K> Id<K> {
    /// Gives a raw id its kind.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    /// The raw id, for columns and maps.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl<K> fmt::Display for Id<K> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&BASE32_DNSSEC.encode(self.0.as_bytes()))
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{self}", K::COLLECTION)
    }
}

impl<K> FromStr for Id<K> {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let bytes = BASE32_DNSSEC.decode(text.as_bytes()).map_err(|_| InvalidId)?;
        let id = Self::from_uuid(Uuid::from_slice(&bytes).map_err(|_| InvalidId)?);
        // The decoder also takes upper case; a second spelling would be a second name for the same thing.
        if id.to_string() == text { Ok(id) } else { Err(InvalidId) }
    }
}

// Written out since derives would ask the same of `K`, which never has a value.
impl<K> Copy for Id<K> {}
impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> hash::Hash for Id<K> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<K> From<Id<K>> for Uuid {
    fn from(id: Id<K>) -> Self {
        id.0
    }
}
