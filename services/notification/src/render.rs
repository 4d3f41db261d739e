//! Messages in words: text and HTML, in the recipient's language.

use std::collections::BTreeMap;

use askama::Error;

use crate::domain::{Contents, Kind, Letter, Variables};

mod pages;
mod sample;
mod words;

pub(crate) use sample::sample;
use words::Words;

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

/// Writes a letter of this kind for a reader of this language.
pub(crate) fn letter(kind: Kind, language: &str, contents: &Contents, from: &str) -> Result<Letter, Unwritable> {
    let variables = Variables::read(kind, &contents.variables).map_err(|_| Unwritable::Variables)?;
    let words = Words::new(kind, language, &contents.display_name, variables)?;
    let letter = Letter {
        language: words.language(),
        name: contents.display_name.clone(),
        address: contents.address.clone(),
        from: from.to_owned(),
        reply_to: contents.reply_to.clone(),
        subject: words.say("subject")?,
        text: pages::text(&words)?,
        html: pages::html(&words)?,
        links: links(&contents.variables),
    };
    if letter.has_sound_headers() { Ok(letter) } else { Err(Unwritable::Headers) }
}

/// Writes every kind in every language, with all it can be told and with as little as it may be told, and says what fails: words that are
/// missing, and words that use a variable that the kind has not.
pub(crate) fn check() -> Result<(), String> {
    for kind in Kind::ALL {
        for language in words::languages() {
            for variables in [sample(kind), sample::sparse(kind)] {
                let contents = Contents { variables, ..Contents::default() };
                letter(kind, &language, &contents, "")
                    .map_err(|error| format!("{} in {language}: {error}", kind.name()))?;
            }
        }
    }
    Ok(())
}

/// What a reader can click on or type in, by the name it was sent under.
fn links(variables: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let opens = |name: &str| name.ends_with("_link") || name.ends_with("_code");
    variables.iter().filter(|(name, _)| opens(name)).map(|(name, text)| (name.clone(), text.clone())).collect()
}

#[cfg(test)]
mod tests;
