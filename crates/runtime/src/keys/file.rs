//! A secret file that appears whole or not at all, once, readable by its owner alone.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use secrecy::zeroize::Zeroizing;

use super::KeyError;

/// The text of the file; none where there is no file.
pub(super) fn load(path: &Path) -> Result<Option<Zeroizing<String>>, KeyError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(Zeroizing::new(text))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path, error)),
    }
}

/// The text of the file. When there is none, `make` says what it shall be; of several processes one wins and all read its text.
pub(super) fn load_or_create(
    path: &Path,
    make: impl FnOnce() -> Result<Zeroizing<String>, KeyError>,
) -> Result<Zeroizing<String>, KeyError> {
    if let Some(text) = load(path)? {
        return Ok(text);
    }
    create(path, &make()?).map_err(|error| failed(path, error))?;
    fs::read_to_string(path).map(Zeroizing::new).map_err(|error| failed(path, error))
}

fn failed(path: &Path, source: io::Error) -> KeyError {
    KeyError::File { path: path.display().to_string(), source }
}

fn create(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let draft = path.with_extension(format!("{}.new", crate::Mint::default().nonce()));
    let written = write(&draft, text).and_then(|()| match fs::hard_link(&draft, path) {
        // Another process was first: its text counts.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    });
    let removed = fs::remove_file(&draft);
    written.and(removed)
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
