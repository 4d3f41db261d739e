//! What may happen to SQLite files: no space (F13), a second process (F14), a power cut (F15).

mod copies;
mod full;
mod second;

use std::fs;
use std::path::Path;

use crate::program::SERVICES;

/// A mail whose sending was begun and cut off is free again after five minutes of business time.
const TRY_IS_OVER: i64 = 301;

/// Reads every page and index of all four databases in this folder.
fn assert_sound(data: &Path) {
    for service in SERVICES {
        let file = data.join(format!("{service}.db"));
        let verdict = testkit::ask(&format!("sqlite://{}", file.display()), "PRAGMA integrity_check");
        assert_eq!(verdict, ["ok"], "{}", file.display());
    }
}

/// Copies databases, their logs, and the keys, as a power cut would leave them: what lies in shared memory is not among them.
fn copy_files(from: &Path, to: &Path) {
    fs::create_dir_all(to.join("keys")).expect("a folder");
    for folder in [from.to_owned(), from.join("keys")] {
        for file in fs::read_dir(&folder).expect("the data").flatten().map(|entry| entry.path()) {
            let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if file.is_file() && !name.ends_with("-shm") && !name.ends_with(".lock") {
                fs::copy(&file, to.join(file.strip_prefix(from).expect("below"))).expect("a copy");
            }
        }
    }
}
