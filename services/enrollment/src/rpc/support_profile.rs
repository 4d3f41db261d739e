//! The support profile.

pub(super) mod get;
pub(super) mod update;
