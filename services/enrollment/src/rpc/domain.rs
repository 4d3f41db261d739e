//! Domains.

pub(super) mod claim;
pub(super) mod get;
pub(super) mod list;
pub(super) mod prove;
mod record;
pub(super) mod update;
