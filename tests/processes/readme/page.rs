//! A page's blocks of commands, and the commands in them.

use clap::Parser as _;
use linkage::cli::{Cli, Command, Serve};
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

/// A piece of a block, as a reader types it.
#[derive(Debug, PartialEq)]
pub(crate) enum Piece {
    /// Lines for one terminal, one after the other.
    Script(String),
    /// A line that goes on until it is stopped, in a terminal of its own.
    Serving(String),
}

/// The fenced blocks of a page; all of them must be commands for a shell.
pub(crate) fn blocks(page: &str) -> Vec<String> {
    let (mut blocks, mut open) = (Vec::new(), false);
    for event in Parser::new(page) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                assert_eq!(kind, CodeBlockKind::Fenced("sh".into()), "a block that nobody would run");
                blocks.push(String::new());
                open = true;
            }
            Event::End(TagEnd::CodeBlock) => open = false,
            Event::Text(text) if open => blocks.last_mut().expect("it was opened").push_str(&text),
            _ => {}
        }
    }
    blocks
}

/// What a block has to be typed as.
pub(crate) fn pieces(block: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for line in block.lines() {
        match pieces.last_mut() {
            _ if serves(line) => pieces.push(Piece::Serving(line.to_owned())),
            Some(Piece::Script(lines)) => *lines = format!("{lines}\n{line}"),
            _ => pieces.push(Piece::Script(line.to_owned())),
        }
    }
    pieces
}

/// Whether a line runs the binary such that it serves, in the eyes of the binary itself.
fn serves(line: &str) -> bool {
    let command = line.split('#').next().unwrap_or_default();
    let Some(arguments) = command.strip_prefix("cargo run") else { return false };
    let arguments = arguments.split_whitespace().skip_while(|word| *word == "--");
    let read = Cli::try_parse_from(std::iter::once("linkage").chain(arguments));
    read.is_ok_and(|cli| matches!(cli.command, None | Some(Command::Serve(Serve { print_config: false, .. }))))
}

#[test]
fn a_page_is_read_as_it_would_be_typed() {
    let page = "# Page\n\n`cargo run` in prose\n\n```sh\na \\\n  b # c\ncargo run   # serves\nd\n```\n\n```sh\ncargo run -- audit\n```\n";
    let script = |lines: &str| Piece::Script(lines.to_owned());
    let blocks = blocks(page);
    assert_eq!(blocks.len(), 2);
    assert_eq!(
        pieces(&blocks[0]),
        [script("a \\\n  b # c"), Piece::Serving("cargo run   # serves".to_owned()), script("d")]
    );
    assert_eq!(pieces(&blocks[1]), [script("cargo run -- audit")]);
    assert!(serves("cargo run -- serve enrollment --simulation --data x  # why"));
    assert!(
        !serves("cargo run -- serve --print-config") && !serves("cargo run -- demo") && !serves("cargo run -- srve")
    );
}
