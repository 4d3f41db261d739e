//! The tables of relationship. Projections of enrollment belong to nobody here: who may see what of them is decided by what they are read for.

pub(crate) mod admin_grant;
pub(crate) mod agreement;
pub(crate) mod consent;
pub(crate) mod facts;
pub(crate) mod invitation;
pub(crate) mod migrations;
pub(crate) mod organization;
pub(crate) mod partnership;
pub(crate) mod quota;
pub(crate) mod read;
pub(crate) mod reseller_relationship;
pub(crate) mod standing;
mod state;
pub(crate) mod watermark;

#[cfg(test)]
mod plans;
