//! The service's own tables. Knows rows and the domain, never the wire.

pub(crate) mod email_verification;
pub(crate) mod evidence;
pub(crate) mod mail_count;
mod migration;
pub(crate) mod proven_domain;
pub(crate) mod review_note;
pub(crate) mod vetting_case;

#[cfg(test)]
mod tests;

pub(crate) use migration::migrations;
