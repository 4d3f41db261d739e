//! The source of ids and nonces.

use std::sync::Mutex;

use chrono::{DateTime, Utc};
use ids::Id;
use uuid::{ContextV7, Timestamp, Uuid};

/// Makes ids that sort by the time they were made, also within one millisecond.
#[derive(Debug)]
pub struct Mint {
    order: Mutex<ContextV7>,
}

impl Default for Mint {
    fn default() -> Mint {
        Mint { order: Mutex::new(ContextV7::new()) }
    }
}

impl Mint {
    /// A new id.
    pub fn id<K>(&self, now: DateTime<Utc>) -> Id<K> {
        Id::from_uuid(self.uuid(now))
    }

    /// A new UUIDv7.
    pub fn uuid(&self, now: DateTime<Utc>) -> Uuid {
        let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
        let order = self.order.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Uuid::new_v7(Timestamp::from_unix(&*order, seconds, now.timestamp_subsec_nanos()))
    }

    /// 128 random bits, as lower-case base32: what a row's links are bound to.
    pub fn nonce(&self) -> String {
        let mut bytes = [0u8; 16];
        fill(&mut bytes);
        crate::links::BASE32.encode(&bytes)
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where the operating system's generator is asked")]
pub(crate) fn fill(bytes: &mut [u8]) {
    rand::Rng::fill(&mut rand::rng(), bytes);
}
