//! Verifications, as users see them and as holders of links answer them.

pub(super) mod confirm;
pub(super) mod get;
pub(super) mod inspect;
pub(super) mod list;
pub(super) mod resend;
mod token;
