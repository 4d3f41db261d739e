//! The business profile of a provider.

mod fields;
pub(super) mod get;
pub(super) mod update;
mod visibility;
