//! What time alone asks for, one row after the other.

use ids::{Id, Kind};

use crate::Fault;

/// How many rows of one kind a pass moves at most; the next pass goes on.
pub const BATCH: u64 = 200;

/// Does the work for each; says for how many it went well. One that can't even be read must not hold up the others.
pub async fn each<K: Kind, Work>(ids: Vec<Id<K>>, work: impl Fn(Id<K>) -> Work) -> usize
where
    Work: Future<Output = Result<(), Fault>>,
{
    let mut done = 0;
    for id in ids {
        match work(id).await {
            Ok(()) => done += 1,
            Err(fault) => tracing::error!(name = id.name(), %fault, "what time asks for could not be done"),
        }
    }
    done
}
