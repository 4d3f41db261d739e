//! Signatures.

mod covering;
pub(super) mod create;
pub(super) mod get;
pub(super) mod list;
