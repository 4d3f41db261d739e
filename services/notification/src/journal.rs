//! What the journal keeps of each event: which kind of message, never to which address nor what was said.

use ids::MessageId;
use runtime::Entry;

use crate::domain::Event;

impl runtime::Event for Event {
    fn entry(&self) -> Entry {
        match self {
            Event::MessageQueued { message, kind } => moved("MessageQueued", *message, None, "QUEUED").because(*kind),
            Event::MessagePostponed { message, reason } => {
                moved("MessagePostponed", *message, Some("SENDING"), "QUEUED").because(reason)
            }
            Event::MessageSent { message, .. } => moved("MessageSent", *message, Some("SENDING"), "SENT"),
            Event::MessageBounced { message, reason, .. } => {
                moved("MessageBounced", *message, Some("SENDING"), "BOUNCED").because(reason)
            }
            Event::MessageParked { message, reason, .. } => {
                moved("MessageParked", *message, Some("SENDING"), "PARKED").because(reason)
            }
            Event::MessageRetried { message } => moved("MessageRetried", *message, Some("PARKED"), "QUEUED"),
            Event::MessageDropped { message, reason, .. } => {
                moved("MessageDropped", *message, Some("PARKED"), "DROPPED").because(reason)
            }
        }
    }
}

fn moved(kind: &'static str, message: MessageId, from: Option<&str>, to: &str) -> Entry {
    Entry::new(kind, message.name()).moved(from, to)
}

#[cfg(test)]
mod tests {
    use runtime::Event as _;

    use super::*;

    #[test]
    fn the_journal_says_what_was_told_without_telling() {
        let message = MessageId::from_uuid(ids::RawId::from_u128(1));
        let entry = Event::MessageQueued { message, kind: "partnership-ended" }.entry();
        assert_eq!(entry.reason.as_deref(), Some("partnership-ended"));
        assert_eq!(entry.subject, message.name());
    }
}
