//! The words of a letter in one language, with its variables in place.
//!
//! A language is a folder of `locales`, with a file per kind and one for what all share. It is whole, or nothing starts.

use std::borrow::Cow;
use std::collections::HashMap;

use addresses::Language;
use askama::{Error, Result};
use chrono::{DateTime, Datelike, Utc};
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{Loader, static_loader};
use unic_langid::LanguageIdentifier;

use crate::domain::variables::Value;
use crate::domain::{Kind, Variables};

const FALLBACK: &str = "en";

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "en",
        // Marks around each variable that readers of right-to-left text need, and other mail programs show as boxes.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

type Arguments = HashMap<Cow<'static, str>, FluentValue<'static>>;

/// Everything a template may say.
pub(super) struct Words {
    kind: Kind,
    language: LanguageIdentifier,
    /// What the reader reads, where it is not this language.
    wished: Option<String>,
    name: String,
    variables: Variables,
    arguments: Arguments,
}

/// The language we write in for a reader of this one: itself, else without its region, else English.
pub(crate) fn language(code: &str) -> String {
    let ours: Vec<String> = LOCALES.locales().map(ToString::to_string).collect();
    let reads = Language::parse(code).ok();
    reads.and_then(|language| language.among(ours.iter().map(String::as_str))).unwrap_or(FALLBACK).to_owned()
}

/// Every language there is.
pub(super) fn languages() -> Vec<String> {
    LOCALES.locales().map(ToString::to_string).collect()
}

/// What a reader of this language wished for, where ours is another one.
fn wished(code: &str, ours: &LanguageIdentifier) -> Option<String> {
    let wished: LanguageIdentifier = code.parse().ok()?;
    (wished.language != ours.language).then(|| wished.to_string())
}

impl Words {
    /// For a message of this kind. The greeting names the variable `recipient_name` if there is one, else `display_name`.
    pub(super) fn new(kind: Kind, language: &str, display_name: &str, variables: Variables) -> Result<Words> {
        let ours: LanguageIdentifier = self::language(language).parse().map_err(Error::custom)?;
        let wished = wished(language, &ours);
        let (name, arguments) = (display_name.to_owned(), Arguments::new());
        let mut words = Words { kind, language: ours, wished, name, variables, arguments };
        words.arguments =
            words.variables.iter().map(|(name, value)| words.argument(name, value)).collect::<Result<_>>()?;
        if let Some(Value::Steps(steps)) = words.variables.get("next_step") {
            // Languages have other words for one than for many.
            words.arguments.insert("count".into(), steps.len().into());
        }
        if words.has("recipient_name") {
            words.name = words.text("recipient_name");
        }
        Ok(words)
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) fn language(&self) -> String {
        self.language.to_string()
    }

    /// A sentence of this kind.
    pub(super) fn say(&self, part: &str) -> Result<String> {
        self.look_up(&format!("{}-{part}", self.kind.name()), &self.arguments)
    }

    /// A sentence that all kinds share.
    pub(super) fn shared(&self, part: &str) -> Result<String> {
        self.look_up(&format!("letter-{part}"), &self.arguments)
    }

    pub(super) fn greeting(&self) -> Result<String> {
        if self.name.is_empty() {
            return self.shared("greeting-nameless");
        }
        self.look_up("letter-greeting", &Arguments::from([("name".into(), self.name.clone().into())]))
    }

    /// That the reader's language is not there yet, where it is not.
    pub(super) fn fallback(&self) -> Result<Option<String>> {
        let Some(wished) = &self.wished else { return Ok(None) };
        self.look_up("letter-fallback", &Arguments::from([("wished".into(), wished.clone().into())])).map(Some)
    }

    /// Whether a variable says anything.
    pub(super) fn has(&self, name: &str) -> bool {
        match self.variables.get(name) {
            Some(Value::Text(text)) => !text.is_empty(),
            Some(Value::Steps(steps)) => !steps.is_empty(),
            Some(Value::Date(_) | Value::Word(_)) => true,
            None => false,
        }
    }

    /// A variable as it stands.
    pub(super) fn text(&self, name: &str) -> String {
        match self.variables.get(name) {
            Some(Value::Text(text)) => text.clone(),
            _ => String::new(),
        }
    }

    /// What is still missing, a sentence each.
    pub(super) fn steps(&self) -> Result<Vec<String>> {
        let Some(Value::Steps(steps)) = self.variables.get("next_step") else { return Ok(Vec::new()) };
        let id = format!("{}-step", self.kind.name());
        steps.iter().map(|step| self.look_up(&id, &Arguments::from([("step".into(), (*step).into())]))).collect()
    }

    fn argument(&self, name: &'static str, value: &Value) -> Result<(Cow<'static, str>, FluentValue<'static>)> {
        let value = match value {
            Value::Text(text) => text.clone().into(),
            Value::Date(time) => self.date(*time)?.into(),
            Value::Word(word) => (*word).into(),
            Value::Steps(steps) => steps.join(", ").into(),
        };
        Ok((name.into(), value))
    }

    fn date(&self, time: DateTime<Utc>) -> Result<String> {
        let arguments = Arguments::from([
            ("day".into(), time.day().to_string().into()),
            ("month".into(), time.month().into()),
            ("year".into(), time.year().to_string().into()),
            ("hour".into(), time.format("%H").to_string().into()),
            ("minute".into(), time.format("%M").to_string().into()),
        ]);
        self.look_up("letter-date", &arguments)
    }

    fn look_up(&self, id: &str, arguments: &Arguments) -> Result<String> {
        // In no other language: half a letter in each would be worse than none.
        let found = LOCALES.lookup_single_language(&self.language, id, Some(arguments));
        found.map_err(|error| Error::custom(format!("{id} in {}: {error}", self.language)))
    }
}
