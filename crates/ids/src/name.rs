//! Resource names: `collection/id`, `parents/id/children/id` and `parents/id/singleton`.

use crate::{Id, Kind};

/// A name that doesn't follow its pattern; says which one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a name like `{expected}`, where an id has 26 characters, 0 to 9 and a to v")]
pub struct NameError {
    /// The pattern, as in `organizations/{id}/enrollments/{id}`.
    pub expected: String,
}

impl<K: Kind> Id<K> {
    /// The resource name, as in `enrollments/{id}`.
    pub fn name(self) -> String {
        format!("{}/{self}", K::COLLECTION)
    }

    /// The name of something kept under this, as in `organizations/{id}/enrollments/{id}`.
    pub fn child<C: Kind>(self, child: Id<C>) -> String {
        format!("{}/{}", self.name(), child.name())
    }

    /// The name of the one such thing under this, as in `organizations/{id}/legalProfile`.
    pub fn singleton(self, singleton: &str) -> String {
        format!("{}/{singleton}", self.name())
    }
}

/// Reads `collection/id`.
pub fn parse<K: Kind>(name: &str) -> Result<Id<K>, NameError> {
    segments(name)
        .and_then(|[collection, id]| one(collection, id))
        .ok_or_else(|| NameError { expected: pattern::<K>() })
}

/// Reads `parents/id/children/id`.
pub fn parse_child<P: Kind, C: Kind>(name: &str) -> Result<(Id<P>, Id<C>), NameError> {
    segments(name)
        .and_then(|[parents, parent, children, child]| Some((one(parents, parent)?, one(children, child)?)))
        .ok_or_else(|| NameError { expected: format!("{}/{}", pattern::<P>(), pattern::<C>()) })
}

/// Reads `parents/id/singleton`.
pub fn parse_singleton<P: Kind>(name: &str, singleton: &str) -> Result<Id<P>, NameError> {
    segments(name)
        .filter(|[_, _, last]| *last == singleton)
        .and_then(|[parents, parent, _]| one(parents, parent))
        .ok_or_else(|| NameError { expected: format!("{}/{singleton}", pattern::<P>()) })
}

fn segments<const N: usize>(name: &str) -> Option<[&str; N]> {
    name.split('/').collect::<Vec<_>>().try_into().ok()
}

fn one<K: Kind>(collection: &str, id: &str) -> Option<Id<K>> {
    (collection == K::COLLECTION).then(|| id.parse().ok()).flatten()
}

fn pattern<K: Kind>() -> String {
    format!("{}/{{id}}", K::COLLECTION)
}
