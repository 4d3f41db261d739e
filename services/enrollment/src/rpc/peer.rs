//! What siblings tell and ask.

pub(super) mod read_organization;
pub(super) mod record_delivery;
pub(super) mod record_verification;
