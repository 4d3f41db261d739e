//! The operator's leave.

pub(super) mod create;
