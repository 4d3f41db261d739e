//! The queue and the simulated mailboxes as they are kept.

pub(crate) mod mailbox_message;
pub(crate) mod message;
pub(crate) mod migrations;
