//! Messages in words: text and HTML, in the recipient's language.

use std::collections::BTreeMap;

use addresses::Email;
use askama::Error;

use crate::domain::{Contents, Letter, Message, Variables};

mod pages;
mod words;

use words::Words;
pub(crate) use words::language;

/// Why a message can't be put into words: another try would end the same way.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unwritable {
    #[error("its variables are not those its kind needs")]
    Variables,
    #[error("its words or templates: {0}")]
    Words(#[from] Error),
    #[error("a header holds more than text")]
    Headers,
}

impl Unwritable {
    /// As the journal names it.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Unwritable::Variables => "VARIABLES_UNREADABLE",
            Unwritable::Words(_) => "WORDS_MISSING",
            Unwritable::Headers => "HEADERS_UNSOUND",
        }
    }
}

/// Writes the letter of a message.
pub(crate) fn letter(message: &Message, contents: &Contents, from: &str) -> Result<Letter, Unwritable> {
    let variables = Variables::read(message.kind, &contents.variables).map_err(|_| Unwritable::Variables)?;
    let words = Words::new(message.kind, &message.language, &contents.display_name, variables)?;
    let letter = Letter {
        language: words.language(),
        to: mailbox_header(&contents.display_name, &message.recipient),
        from: from.to_owned(),
        reply_to: contents.reply_to.clone(),
        subject: words.say("subject")?,
        text: pages::text(&words)?,
        html: pages::html(&words)?,
        links: links(&contents.variables),
    };
    if letter.has_sound_headers() { Ok(letter) } else { Err(Unwritable::Headers) }
}

/// What a reader can click on or type in, by the name it was sent under.
fn links(variables: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let opens = |name: &str| name.ends_with("_link") || name.ends_with("_code");
    variables.iter().filter(|(name, _)| opens(name)).map(|(name, text)| (name.clone(), text.clone())).collect()
}

/// A name in quotes, so that nothing in it is read as an address.
fn mailbox_header(name: &str, address: &Email) -> String {
    if name.is_empty() {
        return address.as_str().to_owned();
    }
    format!("\"{}\" <{}>", name.replace('\\', "\\\\").replace('"', "\\\""), address.as_str())
}

#[cfg(test)]
mod tests;
