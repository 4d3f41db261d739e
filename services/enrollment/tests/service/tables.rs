//! The tables of rules, as the build judges them.

use std::path::{Path, PathBuf};

use crate::sound;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the tables") {
        let path = entry.expect("a file").path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

#[test]
fn every_row_of_every_table_has_a_source_and_a_date() {
    let mut found = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data"), &mut found);
    found.retain(|path| path.extension().is_some_and(|kind| kind == "csv" || kind == "tsv" || kind == "txt"));
    let judge =
        |path: &PathBuf| sound::flaws(&path.display().to_string(), &std::fs::read_to_string(path).expect("a table"));
    assert_eq!(found.iter().flat_map(judge).collect::<Vec<_>>(), Vec::<String>::new());
    assert!(found.len() >= 12, "{} tables", found.len());
}
