//! Delegated access: checked.

pub(crate) mod check;
