//! What the pages tell to type is known to the binary: commands, flags, variables.

use std::collections::{BTreeMap, HashSet};

use clap::{CommandFactory as _, Parser as _};
use linkage::cli::Cli;
use linkage::settings;

use crate::{
    none,
    sources::{self, Source},
};

/// The pages that a newcomer reads.
const PAGES: [&str; 3] = ["README.md", "ARCHITECTURE.md", "deploy/README.md"];

/// What an inline text is for.
#[derive(Debug, PartialEq)]
enum Typed<'p> {
    Command(Vec<&'p str>),
    Flag(&'p str),
    Variable(&'p str, &'p str),
}

fn typed(page: &str) -> impl Iterator<Item = Typed<'_>> {
    page.lines().flat_map(|line| line.split('`').skip(1).step_by(2)).filter_map(|text| {
        let words: Vec<_> = text.split_whitespace().collect();
        match (&words[..], text.split_once('=')) {
            (["cargo", "run", "-q", "--", rest @ ..] | ["cargo", "run", "--", rest @ ..], _) => {
                Some(Typed::Command(rest.to_vec()))
            }
            (["cargo", "run", rest @ ..] | ["linkage", rest @ ..], _) => Some(Typed::Command(rest.to_vec())),
            ([flag, ..], _) if flag.starts_with("--") => Some(Typed::Flag(flag.trim_start_matches('-'))),
            (_, Some((name, value))) if name.starts_with("LINKAGE_") => Some(Typed::Variable(name, value)),
            _ => None,
        }
    })
}

fn is_known(typed: &Typed) -> bool {
    match typed {
        Typed::Command(words) => Cli::try_parse_from(["linkage"].iter().chain(words)).is_ok(),
        Typed::Flag(flag) => {
            let command = Cli::command();
            let mut all = std::iter::once(&command).chain(command.get_subcommands());
            all.any(|command| command.get_arguments().any(|argument| argument.get_long() == Some(flag)))
        }
        Typed::Variable(name, value) => {
            settings::load(&[], BTreeMap::from([((*name).to_owned(), (*value).to_owned())]), &[]).is_ok()
        }
    }
}

fn unknown(page: &Source) -> Vec<String> {
    let unknown = typed(&page.text).filter(|typed| !is_known(typed));
    unknown.map(|typed| format!("{}: not known to the binary: {typed:?}", page.path)).collect()
}

#[test]
fn what_pages_tell_to_type_is_known() {
    let pages = PAGES.map(|page| sources::find(page).expect("a page"));
    none(&pages.into_iter().flat_map(unknown).collect::<Vec<_>>());
    let kinds =
        |page: &'static Source| typed(&page.text).map(|typed| std::mem::discriminant(&typed)).collect::<Vec<_>>();
    let kinds: HashSet<_> = pages.into_iter().flat_map(kinds).collect();
    assert_eq!(kinds.len(), 3, "a command, a flag and a variable are told to type");
}

#[test]
fn the_scanner_bites() {
    let wrong = "`cargo run -- deno`, `linkage serve --print`, `--dat FOLDER`, `LINKAGE_ENROLLMENT__DATABSE=x`";
    assert_eq!(unknown(&Source::new("README.md", wrong)).len(), 4);
    let right = "`cargo run`, `cargo run -q -- demo FILE`, `cargo fmt --all`, `linkage audit`, `--data FOLDER`, `LINKAGE_LOG__FILTER=info`, `x`";
    assert_eq!(unknown(&Source::new("README.md", right)), Vec::<String>::new());
    assert_eq!(typed(right).count(), 5);
}
