//! Refuses to build with a table of rules that is malformed.

use std::path::Path;
use std::{error, fs};

#[path = "build/sound.rs"]
mod sound;

fn main() -> Result<(), Box<dyn error::Error>> {
    println!("cargo:rerun-if-changed=data");
    println!("cargo:rerun-if-changed=build/sound.rs");
    let mut flaws = Vec::new();
    check(Path::new("data"), &mut flaws)?;
    if flaws.is_empty() { Ok(()) } else { Err(flaws.join("\n").into()) }
}

fn check(folder: &Path, flaws: &mut Vec<String>) -> Result<(), Box<dyn error::Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            check(&path, flaws)?;
        } else if path.extension().is_some_and(|kind| kind == "csv" || kind == "tsv" || kind == "txt") {
            flaws.extend(sound::flaws(&path.display().to_string(), &fs::read_to_string(&path)?));
        }
    }
    Ok(())
}
