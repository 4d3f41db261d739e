//! What siblings tell.

pub(crate) mod get_impact;
pub(crate) mod record_agreement;
pub(crate) mod record_delivery;
pub(crate) mod record_organization;
pub(crate) mod record_standing;
pub(crate) mod record_watermark;
