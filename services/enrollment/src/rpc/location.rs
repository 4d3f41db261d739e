//! Location ids.

pub(super) mod associate;
mod code;
pub(super) mod create;
pub(super) mod get;
pub(super) mod list;
pub(super) mod reset_claim_code;
