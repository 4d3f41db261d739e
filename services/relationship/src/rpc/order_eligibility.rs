//! Order eligibility: checked.

pub(crate) mod check;
