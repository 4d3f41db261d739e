//! The service's own tables. Knows rows and the domain, never the wire.

pub(crate) mod email_verification;
mod migration;
pub(crate) mod vetting_case;

#[cfg(test)]
mod tests;

pub(crate) use migration::migrations;
