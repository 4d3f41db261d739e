//! Delegated access: checked.

pub(crate) mod batch_check;
pub(crate) mod check;
