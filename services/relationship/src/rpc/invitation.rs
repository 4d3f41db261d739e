//! Invitations: made, read, shown to the holder of a link, accepted, declined, taken back, sent again.

pub(crate) mod accept;
pub(crate) mod create;
pub(crate) mod decline;
mod draft;
pub(crate) mod get;
pub(crate) mod inspect;
mod judge;
pub(crate) mod list;
mod mailed;
pub(crate) mod resend;
pub(crate) mod revoke;
mod token;
