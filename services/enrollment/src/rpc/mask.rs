//! Which fields an update is about.

use prost_types::FieldMask;
use runtime::{Fault, Reason};
use tonic::Code;

/// What paths there are.
pub(super) struct Paths<'a> {
    /// Fields that can be changed, down to the last.
    pub(super) leaves: &'a [&'static str],
    /// Output only: ignored.
    pub(super) ignored: &'a [&'static str],
    /// Fixed after creation.
    pub(super) immutable: &'a [&'static str],
}

impl Paths<'_> {
    /// The fields to change: those of the mask, without one those that are set, with `*` all.
    pub(super) fn chosen(
        &self,
        mask: Option<&FieldMask>,
        is_set: impl Fn(&str) -> bool,
    ) -> Result<Vec<&'static str>, Fault> {
        let paths = mask.map(|mask| mask.paths.as_slice()).unwrap_or_default();
        if paths.is_empty() {
            return Ok(self.leaves.iter().copied().filter(|leaf| is_set(leaf)).collect());
        }
        if paths.iter().any(|path| path == "*") {
            return Ok(self.leaves.to_vec());
        }
        for path in paths {
            self.known(path)?;
        }
        let named = |leaf: &&'static str| paths.iter().any(|path| covers(path, leaf));
        Ok(self.leaves.iter().copied().filter(named).collect())
    }

    fn known(&self, path: &str) -> Result<(), Fault> {
        if self.leaves.iter().any(|leaf| covers(path, leaf)) || self.ignored.contains(&path) {
            return Ok(());
        }
        let (reason, message) = if self.immutable.contains(&path) {
            (Reason::FieldImmutable, "this field is fixed after creation")
        } else {
            (Reason::MaskInvalid, "the mask names a path that does not exist")
        };
        let shown: String = path.chars().filter(|c| !c.is_control()).take(100).collect();
        Err(Fault::new(Code::InvalidArgument, reason, message).violation("update_mask", shown))
    }
}

fn covers(path: &str, leaf: &str) -> bool {
    leaf.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATHS: Paths<'static> =
        Paths { leaves: &["name", "address.town", "address.street"], ignored: &["etag"], immutable: &["email"] };

    fn chosen(paths: &[&str]) -> Result<Vec<&'static str>, &'static str> {
        let mask = FieldMask { paths: paths.iter().map(|path| (*path).to_owned()).collect() };
        PATHS.chosen(Some(&mask), |leaf| leaf == "name").map_err(|fault| fault.reason())
    }

    #[test]
    fn a_mask_says_which_fields() {
        assert_eq!(chosen(&[]), Ok(vec!["name"]));
        assert_eq!(chosen(&["*"]), Ok(PATHS.leaves.to_vec()));
        assert_eq!(chosen(&["address", "etag"]), Ok(vec!["address.town", "address.street"]));
        assert_eq!(chosen(&["address.street"]), Ok(vec!["address.street"]));
        assert_eq!(chosen(&["addr"]), Err("MASK_INVALID"));
        assert_eq!(chosen(&[""]), Err("MASK_INVALID"));
        assert_eq!(chosen(&["email"]), Err("FIELD_IMMUTABLE"));
    }
}
