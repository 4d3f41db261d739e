//! What the pages point at is there.

use crate::{
    none,
    sources::{self, Source},
};

const WALKTHROUGH: usize = 9;

/// What stands between backticks.
fn spans(page: &str) -> impl Iterator<Item = &str> {
    page.lines().flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// Backticked paths from the project's root, patterns left out.
fn paths(page: &str) -> impl Iterator<Item = &str> {
    const FOLDERS: [&str; 7] = ["proto/", "crates/", "services/", "tests/", "docs/", "deploy/", ".ci/"];
    spans(page).map(|path| path.trim_start_matches("./")).filter(|path| {
        FOLDERS.iter().any(|folder| path.starts_with(folder)) && !path.contains(['<', '{', '*', ' ', 'X'])
    })
}

fn missing(page: &Source, exists: impl Fn(&str) -> bool) -> Vec<String> {
    paths(&page.text).filter(|path| !exists(path)).map(|path| format!("{}: there is no {path}", page.path)).collect()
}

/// What is said to be inside a service: a file (`policy.rs`), a folder (`data/`), `<any>` for a name that differs.
fn inside(page: &str) -> impl Iterator<Item = &str> {
    spans(page).filter(|path| {
        let is_path = path.ends_with(".rs") || path.ends_with('/');
        is_path && !path.contains(' ') && paths(&format!("`{path}`")).next().is_none()
    })
}

/// Whether a file is what is meant inside its service, or lies in it.
fn is_meant(path: &str, file: &str) -> bool {
    let Some((_, file)) = file.strip_prefix("services/").and_then(|file| file.split_once('/')) else { return false };
    let file = file.strip_prefix("src/").unwrap_or(file);
    let (meant, steps): (Vec<_>, Vec<_>) = (path.trim_end_matches('/').split('/').collect(), file.split('/').collect());
    let deep_enough = if path.ends_with('/') { steps.len() > meant.len() } else { steps.len() == meant.len() };
    deep_enough && meant.iter().zip(steps).all(|(meant, step)| *meant == step || meant.starts_with('<'))
}

fn in_no_service<'p>(page: &'p str, files: &[&str]) -> Vec<&'p str> {
    inside(page).filter(|path| !files.iter().any(|file| is_meant(path, file))).collect()
}

/// The folders of the map in a page: what is indented lies in the one above.
fn mapped(page: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut top = "";
    for line in page.lines() {
        let Some(folder) = line.split_whitespace().next().filter(|word| word.ends_with('/') && !word.contains('`'))
        else {
            continue;
        };
        if line.starts_with(' ') {
            found.push(format!("{top}{folder}"));
        } else {
            top = folder;
            found.push(folder.to_owned());
        }
    }
    found
}

#[test]
fn the_map_shows_the_folders_that_there_are() {
    let root = sources::root();
    let page = sources::find("ARCHITECTURE.md").expect("the architecture");
    let mapped = mapped(&page.text);
    none(&mapped.iter().filter(|folder| !root.join(folder).is_dir()).cloned().collect::<Vec<_>>());
    let manifest = |source: &&Source| source.path.ends_with("/Cargo.toml");
    let packages = sources::ALL.iter().filter(manifest).map(|source| source.path.replace("Cargo.toml", ""));
    none(&packages.filter(|folder| !mapped.contains(folder)).collect::<Vec<_>>());
}

#[test]
fn what_pages_put_inside_a_service_is_there() {
    let files: Vec<_> = sources::ALL.iter().map(|source| source.path.as_str()).collect();
    let pages = ["README.md", "ARCHITECTURE.md"].map(|page| sources::find(page).expect("a page"));
    none(&pages.into_iter().flat_map(|page| in_no_service(&page.text, &files)).map(str::to_owned).collect::<Vec<_>>());
    assert!(pages.into_iter().any(|page| inside(&page.text).count() > 5), "the architecture names what a service has");
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
    let files =
        ["services/a/src/policy.rs", "services/a/src/rpc/noun/verb.rs", "services/a/facts/x.csv", "crates/x/src/y.rs"];
    let page =
        "`policy.rs`, `rpc/<noun>/<verb>.rs`, `rpc/`, `facts/`, `data/`, `y.rs`, `verb.rs`, `services/b/src/z.rs`";
    assert_eq!(in_no_service(page, &files), ["data/", "y.rs", "verb.rs"]);
    assert_eq!(mapped("crates/  x\n  wire/  y\n`store/` z\ntests/\n"), ["crates/", "crates/wire/", "tests/"]);
}
