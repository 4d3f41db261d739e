//! What can happen to a message.

use chrono::{DateTime, Utc};
use ids::MessageId;

use super::Cause;

/// Something that happened to a message. Nothing of whom it is for, nor of what was said.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::enum_variant_names, reason = "each name stands alone in the journal")]
pub enum Event {
    MessageQueued { message: MessageId, kind: &'static str },
    MessagePostponed { message: MessageId, reason: String },
    MessageSent { message: MessageId, report: Option<Report> },
    MessageBounced { message: MessageId, reason: String, report: Option<Report> },
    MessageParked { message: MessageId, reason: String, report: Option<Report> },
    MessageRetried { message: MessageId },
    MessageDropped { message: MessageId, reason: String, report: Option<Report> },
}

/// What became of a message, for the service that asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub(crate) cause: Cause,
    pub(crate) state: &'static str,
    pub(crate) reason: String,
    pub(crate) at: DateTime<Utc>,
}
