//! What the journal keeps of each event: addresses only masked, and never what was said.

use ids::MessageId;
use runtime::Entry;

use crate::domain::Event;

impl runtime::Event for Event {
    fn entry(&self) -> Entry {
        match self {
            Event::MessageQueued { message, kind, recipient } => {
                moved("MessageQueued", *message, None, "QUEUED").because(format!("{kind} to {recipient}"))
            }
            Event::MessagePostponed { message, reason } => {
                moved("MessagePostponed", *message, Some("SENDING"), "QUEUED").because(reason)
            }
            Event::MessageSent { message } => moved("MessageSent", *message, Some("SENDING"), "SENT"),
            Event::MessageBounced { message, reason } => {
                moved("MessageBounced", *message, Some("SENDING"), "BOUNCED").because(reason)
            }
            Event::MessageParked { message, reason } => {
                moved("MessageParked", *message, Some("SENDING"), "PARKED").because(reason)
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
    use crate::domain::Address;

    #[test]
    fn the_journal_says_who_was_told_without_telling() {
        let recipient = Address::parse("ada@example.com").unwrap().masked();
        let message = MessageId::from_uuid(ids::RawId::from_u128(1));
        let entry = Event::MessageQueued { message, kind: "partnership-ended", recipient }.entry();
        assert_eq!(entry.reason.as_deref(), Some("partnership-ended to a***@example.com"));
        assert_eq!(entry.subject, message.name());
        assert!(!format!("{entry:?}").contains("ada@"));
    }
}
