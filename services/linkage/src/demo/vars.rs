//! `${name}` in the texts of a journey.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

/// The names that are known so far.
#[derive(Debug, Clone, Default)]
pub struct Vars(BTreeMap<String, Value>);

impl Vars {
    /// Gives a name its value.
    pub fn set(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    /// The value with every `${name}` replaced. A text that is one name alone becomes the value itself.
    pub fn fill(&self, value: &Value, now: DateTime<Utc>) -> anyhow::Result<Value> {
        Ok(match value {
            Value::String(text) => self.fill_text(text, now)?,
            Value::Array(items) => Value::Array(items.iter().map(|v| self.fill(v, now)).collect::<Result<_, _>>()?),
            Value::Object(fields) => Value::Object(
                fields.iter().map(|(k, v)| Ok((k.clone(), self.fill(v, now)?))).collect::<anyhow::Result<_>>()?,
            ),
            other => other.clone(),
        })
    }

    /// A text with every `${name}` replaced.
    pub fn text(&self, text: &str, now: DateTime<Utc>) -> anyhow::Result<String> {
        Ok(match self.fill_text(text, now)? {
            Value::String(text) => text,
            other => other.to_string(),
        })
    }

    fn fill_text(&self, text: &str, now: DateTime<Utc>) -> anyhow::Result<Value> {
        if let Some(name) = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'))
            && !name.contains("${")
        {
            return self.value(name, now);
        }
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) =
                after.split_once('}').ok_or_else(|| anyhow::anyhow!("`${{` without `}}` in `{text}`"))?;
            out.push_str(before);
            match self.value(name, now)? {
                Value::String(text) => out.push_str(&text),
                other => out.push_str(&other.to_string()),
            }
            rest = after;
        }
        out.push_str(rest);
        Ok(Value::String(out))
    }

    fn value(&self, name: &str, now: DateTime<Utc>) -> anyhow::Result<Value> {
        if let Some(rest) = name.strip_prefix("now") {
            let time = if rest.is_empty() { now } else { now + span(rest.trim_start_matches('+'))? };
            return Ok(Value::String(time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)));
        }
        self.0.get(name).cloned().ok_or_else(|| anyhow::anyhow!("nothing is known as `${{{name}}}`"))
    }
}

/// A span such as `30d`, `12h`, `90m` or `45s`.
pub fn span(text: &str) -> anyhow::Result<TimeDelta> {
    let wrong = || anyhow::anyhow!("`{text}` is not a span such as 30d, 12h, 90m or 45s");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let count: i64 = text.get(..text.len() - unit.len_utf8()).unwrap_or("").parse().map_err(|_| wrong())?;
    let span = match unit {
        'd' => TimeDelta::try_days(count),
        'h' => TimeDelta::try_hours(count),
        'm' => TimeDelta::try_minutes(count),
        's' => TimeDelta::try_seconds(count),
        _ => None,
    };
    span.ok_or_else(wrong)
}
