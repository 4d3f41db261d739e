//! What enrolling asks.

pub(super) mod get;
