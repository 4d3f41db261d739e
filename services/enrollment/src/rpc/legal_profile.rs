//! The legal profile.

pub(super) mod fields;
pub(super) mod get;
pub(super) mod update;
