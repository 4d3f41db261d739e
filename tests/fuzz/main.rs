//! Everything that the fuzzer ever kept, tried again on every run. `tests/fuzz/run` looks for more.
#![cfg(test)]

mod parsers;

use std::fs;
use std::path::Path;

/// Every file of a corpus; says how many there were.
fn replay(name: &str, target: fn(&[u8])) -> usize {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/corpus").join(name);
    let files: Vec<_> = fs::read_dir(folder).expect("the corpus").map(|file| file.expect("a file").path()).collect();
    for file in &files {
        target(&fs::read(file).expect("an input"));
    }
    files.len()
}

#[test]
fn r21_no_kept_input_is_more_than_an_address() {
    assert!(replay("address", parsers::address) > 20);
}

#[test]
fn r21_no_kept_input_is_another_way_to_write_a_token() {
    assert!(replay("token", parsers::token) > 10);
    let right = parsers::right_token();
    parsers::token(right.as_bytes());
    for odd in [
        right.replacen("1.", "+1.", 1),
        right.replacen("1.", "01.", 1),
        right.replace(".3.", ".+3."),
        right.replace(".3.", ".03."),
        right.to_uppercase(),
    ] {
        assert!(runtime::Links::read(&odd).is_none(), "{odd}");
    }
}
