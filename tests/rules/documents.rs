//! What the pages point at is there.

use crate::{
    none,
    sources::{self, Source},
};

const WALKTHROUGH: usize = 9;

/// Backticked paths from the project's root, patterns left out.
fn paths(page: &str) -> impl Iterator<Item = &str> {
    const FOLDERS: [&str; 7] = ["proto/", "crates/", "services/", "tests/", "docs/", "deploy/", ".ci/"];
    page.lines().flat_map(|line| line.split('`').skip(1).step_by(2)).map(|path| path.trim_start_matches("./")).filter(
        |path| FOLDERS.iter().any(|folder| path.starts_with(folder)) && !path.contains(['<', '{', '*', ' ', 'X']),
    )
}

fn missing(page: &Source, exists: impl Fn(&str) -> bool) -> Vec<String> {
    paths(&page.text).filter(|path| !exists(path)).map(|path| format!("{}: there is no {path}", page.path)).collect()
}

#[test]
fn paths_in_pages_exist() {
    let root = sources::root();
    let pages = sources::ALL.iter().filter(|source| source.path.ends_with(".md"));
    none(&pages.flat_map(|page| missing(page, |path| root.join(path).exists())).collect::<Vec<_>>());
}

#[test]
fn the_readme_walks_one_request_through_its_files() {
    let readme = sources::find("README.md").expect("the README");
    let files = paths(&readme.text).filter(|path| path.ends_with(".rs") || path.ends_with(".proto")).count();
    assert!(files >= WALKTHROUGH, "the README names {files} files, {WALKTHROUGH} make the walkthrough");
}

#[test]
fn the_scanner_bites() {
    let page = Source::new("README.md", "`proto/a.proto`, `crates/<x>/y.rs`, `cargo run`, `services/a.rs`");
    assert_eq!(missing(&page, |path| path.starts_with("proto")), ["README.md: there is no services/a.rs"]);
}
