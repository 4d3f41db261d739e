//! Reseller relationships: read.

pub(crate) mod get;
pub(crate) mod list;
