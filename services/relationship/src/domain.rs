//! What is decided here, without I/O: time comes in as an argument, an event or a refusal comes out.

pub(crate) mod access;
pub(crate) mod admin_grant;
pub(crate) mod code;
pub(crate) mod consent;
pub(crate) mod directory_role;
pub(crate) mod eligibility;
pub(crate) mod event;
pub(crate) mod invitation;
pub(crate) mod offer;
pub(crate) mod organization;
pub(crate) mod partnership;
pub(crate) mod refusal;
pub(crate) mod reseller_relationship;
pub(crate) mod standing;
pub(crate) mod state;
pub(crate) mod text;
pub(crate) mod watermark;

pub(crate) use event::Event;
pub(crate) use refusal::Refusal;

#[cfg(test)]
mod grids;
#[cfg(test)]
mod laws;
