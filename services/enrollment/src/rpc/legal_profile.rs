//! The legal profile.

mod fields;
pub(super) mod get;
pub(super) mod update;
