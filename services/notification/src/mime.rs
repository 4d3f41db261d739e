//! A letter as a mail program reads it: headers, text and HTML, encoded by a library. Nothing of it is put together by hand.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use ids::MessageId;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

use crate::config::ConfigError;
use crate::domain::Letter;

/// A letter that no mail can be made of: its addresses are none to the library.
#[derive(Debug, thiserror::Error)]
#[error("no mail can be made of it: {0}")]
pub(crate) struct Unsendable(String);

/// Whom mail is from.
pub(crate) fn from(header: &str) -> Result<Mailbox, ConfigError> {
    header.parse().map_err(|_| ConfigError::From(header.to_owned()))
}

/// The mail. However often it is made, its id, its date and so all of it are the same: a copy is known as one.
pub(crate) fn mail(id: MessageId, letter: &Letter, written: DateTime<Utc>) -> Result<Message, Unsendable> {
    let from = from(&letter.from).map_err(|error| Unsendable(error.to_string()))?;
    let name = Some(letter.name.clone()).filter(|name| !name.is_empty());
    let address = |text: &str| text.parse::<Address>().map_err(|error| Unsendable(error.to_string()));
    let message_id = format!("<{id}@{}>", from.email.domain());
    let mut mail = Message::builder()
        .message_id(Some(message_id))
        .date(SystemTime::from(written))
        .from(from)
        .to(Mailbox::new(name, address(&letter.address)?))
        .subject(&*letter.subject)
        // No out-of-office note comes back for what a machine has written, RFC 3834.
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()));
    if !letter.reply_to.is_empty() {
        mail = mail.reply_to(Mailbox::new(None, address(&letter.reply_to)?));
    }
    let body = MultiPart::alternative()
        .boundary(format!("alternative-{id}"))
        .singlepart(part(ContentType::TEXT_PLAIN, &letter.text))
        .singlepart(part(ContentType::TEXT_HTML, &letter.html));
    mail.multipart(body).map_err(|error| Unsendable(error.to_string()))
}

/// Always encoded: no line of a text is ever a line of the protocol.
fn part(kind: ContentType, text: &str) -> SinglePart {
    SinglePart::builder().header(kind).header(ContentTransferEncoding::QuotedPrintable).body(text.to_owned())
}
