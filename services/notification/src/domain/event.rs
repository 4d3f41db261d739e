//! What can happen to a message.

use ids::MessageId;

/// Something that happened to a message. Nothing of whom it is for, nor of what was said.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::enum_variant_names, reason = "each name stands alone in the journal")]
pub enum Event {
    MessageQueued { message: MessageId, kind: &'static str },
    MessagePostponed { message: MessageId, reason: String },
    MessageSent { message: MessageId },
    MessageBounced { message: MessageId, reason: String },
    MessageParked { message: MessageId, reason: String },
}
