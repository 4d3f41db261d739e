//! What enrollment decides, and why it refuses. Pure and synchronous: time comes in as an argument, events and refusals come out.

pub(crate) mod action;
pub(crate) mod agreement;
pub(crate) mod amendment;
pub(crate) mod application;
pub(crate) mod business;
pub(crate) mod change;
pub(crate) mod claim;
pub(crate) mod contact;
pub(crate) mod coverage;
pub(crate) mod directory;
pub(crate) mod domain_name;
pub(crate) mod enquiry;
pub(crate) mod enrollment;
pub(crate) mod event;
pub(crate) mod finding;
pub(crate) mod guide;
pub(crate) mod identity;
pub(crate) mod issuer;
pub(crate) mod life;
pub mod lifecycle;
pub(crate) mod organization;
pub(crate) mod picture;
pub(crate) mod profile;
pub(crate) mod refusal;
pub(crate) mod reminder;
pub(crate) mod requirement;
pub(crate) mod revision;
pub(crate) mod rules;
pub(crate) mod sign_in_code;
pub(crate) mod signing;
pub(crate) mod submission;
pub(crate) mod user;
pub(crate) mod vetting;

pub(crate) use event::Event;
pub(crate) use refusal::Refusal;

#[cfg(test)]
mod grids;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod names;
#[cfg(test)]
pub(crate) mod samples;
