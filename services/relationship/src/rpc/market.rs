//! Markets: what holds where, and what changes.

pub(crate) mod get;
pub(crate) mod list;
mod terms;
