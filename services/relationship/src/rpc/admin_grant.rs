//! Grants of administration: read, taken away.

pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod revoke;
