//! What the product says to PostgreSQL, read from the server's log, so that the yardstick runs the very same statements.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

/// One statement with the values it was executed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    pub(crate) sql: String,
    /// In PostgreSQL's text form; none for NULL.
    pub(crate) values: Vec<Option<String>>,
}

/// The statements of each session in their order. The log's prefix is the session and a bar.
pub(crate) fn sessions(log: &str) -> Result<BTreeMap<String, Vec<Statement>>> {
    let mut sessions = BTreeMap::<String, Vec<Statement>>::new();
    for line in whole_lines(log) {
        let Some((session, told)) = line.split_once('|') else { continue };
        let statements = sessions.entry(session.to_owned()).or_default();
        if let Some(statement) = told.strip_prefix("LOG:  statement: ") {
            statements.push(Statement { sql: statement.to_owned(), values: Vec::new() });
        } else if let Some((_, sql)) = told.strip_prefix("LOG:  execute ").and_then(|told| told.split_once(": ")) {
            statements.push(Statement { sql: sql.to_owned(), values: Vec::new() });
        } else if let Some(told) = told.strip_prefix("DETAIL:  ")
            && let Some((word, listed)) = told.split_once(": ")
            && word.eq_ignore_ascii_case("parameters")
            && let Some(last) = statements.last_mut()
        {
            last.values = values(listed).with_context(|| line.clone())?;
        }
    }
    Ok(sessions)
}

/// The statements from `BEGIN` to `COMMIT` of the one transaction in which this value occurs.
pub(crate) fn transaction(log: &str, value: &str) -> Result<Vec<Statement>> {
    for statements in sessions(log)?.into_values() {
        let Some(at) = statements.iter().position(|statement| statement.has(value)) else { continue };
        let begins = |statement: &Statement| statement.sql.starts_with("BEGIN");
        let begin = statements.iter().take(at + 1).rposition(begins).context("it is in no transaction")?;
        let commits = |statement: &Statement| statement.sql.starts_with("COMMIT");
        let commit = at + statements.iter().skip(at).position(commits).context("it was not committed")?;
        return Ok(statements.get(begin..=commit).unwrap_or_default().to_vec());
    }
    anyhow::bail!("no transaction was told of")
}

/// The first statement that begins so.
pub(crate) fn single(log: &str, beginning: &str) -> Result<Statement> {
    let mut all = sessions(log)?.into_values().flatten();
    all.find(|statement| statement.sql.starts_with(beginning)).context("the statement was not told of")
}

impl Statement {
    fn has(&self, wanted: &str) -> bool {
        self.values.iter().flatten().any(|value| value == wanted)
    }
}

/// What goes on over several lines begins with a tab on each but the first.
fn whole_lines(log: &str) -> Vec<String> {
    let mut lines = Vec::<String>::new();
    for line in log.lines() {
        match (line.strip_prefix('\t'), lines.last_mut()) {
            (Some(rest), Some(last)) => {
                last.push('\n');
                last.push_str(rest);
            }
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

/// `$1 = 'a', $2 = NULL` as values.
fn values(mut listed: &str) -> Result<Vec<Option<String>>> {
    let mut values = Vec::new();
    while !listed.is_empty() {
        let (_, rest) = listed.split_once(" = ").context("a value without a number")?;
        if let Some(quoted) = rest.strip_prefix('\'') {
            let (value, after) = quoted_text(quoted).context("a value without an end")?;
            values.push(Some(value));
            listed = after;
        } else {
            values.push(None);
            listed = rest.strip_prefix("NULL").context("a value that is none")?;
        }
        listed = listed.strip_prefix(", ").unwrap_or(listed);
    }
    Ok(values)
}

/// The text up to its closing quote, and what follows.
fn quoted_text(quoted: &str) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut rest = quoted;
    loop {
        let (before, after) = rest.split_once('\'')?;
        text.push_str(before);
        match after.strip_prefix('\'') {
            Some(more) => {
                text.push('\'');
                rest = more;
            }
            None => return Some((text, after)),
        }
    }
}
