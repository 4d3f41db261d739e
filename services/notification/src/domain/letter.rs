//! A rendered message, and the mail that a mailbox keeps of it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use ids::{MailboxMessageId, MessageId};

use super::{Kind, Message};

/// A message in words, ready to be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) language: String,
    pub(crate) to: String,
    pub(crate) from: String,
    pub(crate) reply_to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
    /// Links and codes by variable name, as they were given.
    pub(crate) links: BTreeMap<String, String>,
}

/// A letter that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mail {
    pub(crate) id: MailboxMessageId,
    /// The message it came from: each arrives once.
    pub(crate) message: MessageId,
    /// The address.
    pub(crate) mailbox: String,
    pub(crate) kind: Kind,
    pub(crate) letter: Letter,
    pub(crate) create_time: DateTime<Utc>,
}

impl Letter {
    /// A header line with anything but text in it would be two lines, or none.
    pub(crate) fn has_sound_headers(&self) -> bool {
        [&self.to, &self.from, &self.reply_to, &self.subject].iter().all(|line| !line.contains(char::is_control))
    }

    /// The letter in the mailbox of the message's recipient.
    pub(crate) fn arrived(self, id: MailboxMessageId, message: &Message, now: DateTime<Utc>) -> Mail {
        Mail {
            id,
            message: message.id,
            mailbox: message.recipient.clone().into(),
            kind: message.kind,
            letter: self,
            create_time: now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_header_is_sound_with_a_line_break_in_it() {
        let letter = || Letter {
            language: "en".to_owned(),
            to: "ada@example.com".to_owned(),
            from: "linkage@example.com".to_owned(),
            reply_to: String::new(),
            subject: "Hello".to_owned(),
            text: "one\ntwo".to_owned(),
            html: "<p>one</p>\n".to_owned(),
            links: BTreeMap::new(),
        };
        assert!(letter().has_sound_headers(), "the text may have lines");
        let broken = || "one\r\nBcc: two".to_owned();
        for letter in [
            Letter { to: broken(), ..letter() },
            Letter { from: broken(), ..letter() },
            Letter { reply_to: broken(), ..letter() },
            Letter { subject: broken(), ..letter() },
        ] {
            assert!(!letter.has_sound_headers(), "{letter:?}");
        }
    }
}
