//! A rendered message, and the mail that a mailbox keeps of it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use ids::{MailboxMessageId, MessageId};

use super::{Kind, Message};

/// A message in words, ready to be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) language: String,
    /// The recipient's name; may be empty.
    pub(crate) name: String,
    /// The recipient's address.
    pub(crate) address: String,
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
    pub(crate) kind: Kind,
    pub(crate) letter: Letter,
    pub(crate) create_time: DateTime<Utc>,
}

impl Letter {
    /// A header line with anything but text in it would be two lines, or none.
    pub(crate) fn has_sound_headers(&self) -> bool {
        let lines = [&self.name, &self.address, &self.from, &self.reply_to, &self.subject];
        lines.iter().all(|line| !line.contains(char::is_control))
    }

    /// The recipient as a header names it: the name in quotes, so that nothing in it is read as an address.
    pub(crate) fn to(&self) -> String {
        if self.name.is_empty() {
            return self.address.clone();
        }
        format!("\"{}\" <{}>", self.name.replace('\\', "\\\\").replace('"', "\\\""), self.address)
    }

    /// The letter in the mailbox of the message's recipient.
    pub(crate) fn arrived(self, id: MailboxMessageId, message: &Message, now: DateTime<Utc>) -> Mail {
        Mail { id, message: message.id, kind: message.kind, letter: self, create_time: now }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        Letter {
            language: "en".to_owned(),
            name: "Ada".to_owned(),
            address: "ada@example.com".to_owned(),
            from: "linkage@example.com".to_owned(),
            reply_to: String::new(),
            subject: "Hello".to_owned(),
            text: "one\ntwo".to_owned(),
            html: "<p>one</p>\n".to_owned(),
            links: BTreeMap::new(),
        }
    }

    #[test]
    fn nothing_in_a_name_is_read_as_an_address() {
        for (name, header) in [
            ("Ada", r#""Ada" <ada@example.com>"#),
            ("", "ada@example.com"),
            ("Ek, Ada <eve@example.net>", r#""Ek, Ada <eve@example.net>" <ada@example.com>"#),
            (r#"Ada" <eve@example.net>, ""#, r#""Ada\" <eve@example.net>, \"" <ada@example.com>"#),
            (r"Ada\", r#""Ada\\" <ada@example.com>"#),
        ] {
            assert_eq!(Letter { name: name.to_owned(), ..letter() }.to(), header);
        }
    }

    #[test]
    fn no_header_is_sound_with_a_line_break_in_it() {
        assert!(letter().has_sound_headers(), "the text may have lines");
        let broken = || "one\r\nBcc: two".to_owned();
        for letter in [
            Letter { name: broken(), ..letter() },
            Letter { address: broken(), ..letter() },
            Letter { from: broken(), ..letter() },
            Letter { reply_to: broken(), ..letter() },
            Letter { subject: broken(), ..letter() },
        ] {
            assert!(!letter.has_sound_headers(), "{letter:?}");
        }
    }
}
