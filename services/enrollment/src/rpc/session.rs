//! Sign-in.

pub(super) mod create;
mod identity;
