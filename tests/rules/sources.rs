//! The project's own text: every file that is kept, and Rust code without what only looks like code.

use std::{fs, path::PathBuf, sync::LazyLock};

use ignore::WalkBuilder;

pub(crate) struct Source {
    /// From the project's root, with forward slashes.
    pub(crate) path: String,
    pub(crate) text: String,
}

pub(crate) static ALL: LazyLock<Vec<Source>> = LazyLock::new(|| {
    let root = root();
    let mut all: Vec<Source> = WalkBuilder::new(&root)
        .hidden(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
        .filter_map(|entry| {
            let path = entry.path().strip_prefix(&root).ok()?.to_str()?.replace('\\', "/");
            Some(Source { path, text: fs::read_to_string(entry.path()).ok()? })
        })
        .collect();
    all.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(all.len() > 20, "the sources were not found at {}", root.display());
    all
});

pub(crate) fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).canonicalize().expect("the project's root")
}

pub(crate) fn rust() -> impl Iterator<Item = &'static Source> {
    ALL.iter().filter(|source| source.path.ends_with(".rs"))
}

pub(crate) fn find(path: &str) -> Option<&'static Source> {
    ALL.iter().find(|source| source.path == path)
}

impl Source {
    #[cfg(test)]
    pub(crate) fn new(path: &str, text: &str) -> Source {
        Source { path: path.to_owned(), text: text.to_owned() }
    }

    /// The text with comments and literals blanked, line by line where they were.
    pub(crate) fn code(&self) -> String {
        blank(&self.text)
    }
}

fn blank(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let length = literal_or_comment(rest, out.chars().next_back());
        let (taken, after) = match length {
            0 => rest.split_at(rest.chars().next().map_or(0, char::len_utf8)),
            length => rest.split_at(length),
        };
        if length == 0 {
            out.push_str(taken);
        } else {
            out.extend(taken.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        }
        rest = after;
    }
    out
}

/// How many bytes of the beginning are not code; 0 when it is code.
fn literal_or_comment(rest: &str, before: Option<char>) -> usize {
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return rest.find("*/").map_or(rest.len(), |end| end + 2);
    }
    if rest.starts_with('"') {
        return string(rest);
    }
    if !in_word && (rest.starts_with("r\"") || rest.starts_with("r#\"") || rest.starts_with("r##\"")) {
        let hashes = rest[1..].chars().take_while(|c| *c == '#').count();
        let end = format!("\"{}", "#".repeat(hashes));
        let from = 2 + hashes;
        return rest[from..].find(&end).map_or(rest.len(), |at| from + at + end.len());
    }
    if let Some(after) = rest.strip_prefix('\'') {
        return character(after);
    }
    0
}

fn string(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    rest.len()
}

/// A character's length with its quotes; 0 for a lifetime.
fn character(after: &str) -> usize {
    let mut chars = after.char_indices();
    match chars.next() {
        Some((_, '\\')) => after[2..].find('\'').map_or(0, |at| at + 4),
        Some(_) => chars.next().filter(|(_, c)| *c == '\'').map_or(0, |(at, _)| at + 2),
        None => 0,
    }
}

/// Whether the text has this as a whole word.
pub(crate) fn has_word(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].chars().next_back().is_some_and(part) && !text[at + word.len()..].chars().next().is_some_and(part)
    })
}

#[test]
fn only_code_is_left() {
    let text = "a // b {\n\"c \\\" {\" 'd' '\\'' '{' fn x<'e>() r#\"f \" {\"# /* g\n{ */ h b\"i\" '\\u{7b}'";
    let code = blank(text);
    assert_eq!(code.lines().count(), text.lines().count());
    for gone in ["{", "c", "d", "f \"", "g", "i"] {
        assert!(!has_word(&code, gone) && !code.contains('{'), "{gone}: {code}");
    }
    assert!(code.contains("fn x<'e>()") && has_word(&code, "h") && has_word(&code, "a"), "{code}");
}

#[test]
fn words_are_whole() {
    assert!(has_word("a.SubmitEnrollment(", "SubmitEnrollment"));
    assert!(!has_word("ReSubmitEnrollmentX SubmitEnrollments submit_SubmitEnrollment", "SubmitEnrollment"));
}
