//! Providers as the directory shows them.

pub(super) mod list;
