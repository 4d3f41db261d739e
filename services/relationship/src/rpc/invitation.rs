//! Invitations: made, read, shown to the holder of a link, accepted.

pub(crate) mod accept;
pub(crate) mod create;
mod draft;
pub(crate) mod get;
pub(crate) mod inspect;
pub(crate) mod list;
mod token;
