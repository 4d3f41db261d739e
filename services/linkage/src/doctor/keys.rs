//! Keys: there, readable by their owner, and keys.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use runtime::ServiceName;
use runtime::keys::{self, ACCESS_FILE, Keys, LINKS_FILE};

use super::{Finding, Verdict};

/// What everybody on the machine may do with a file.
const OTHERS: u32 = 0o007;

pub(super) fn look(folder: &Path, service: ServiceName) -> Vec<Finding> {
    let told = |verdict, text: String| vec![Finding::new(service, "keys", verdict, text)];
    let secret = secret(folder, service);
    let missing = secret.iter().chain(&public(folder, service)).find(|file| !file.exists()).cloned();
    if let Some(file) = missing {
        let text = format!("{} is not there: a start makes it, or `linkage keys`", file.display());
        return told(Verdict::Odd, text);
    }
    if let Some(file) = secret.iter().find(|file| is_open(file)) {
        return told(Verdict::Wrong, format!("{} can be read by anybody: chmod o= it", file.display()));
    }
    // All are there, so none is made.
    let read = Keys::in_folder(folder, service).map(drop);
    match read.and_then(|()| keys::link_key(&folder.join(LINKS_FILE)).map(drop)) {
        Ok(()) => told(Verdict::Well, format!("{} secret, siblings known", secret.len())),
        Err(error) => told(Verdict::Wrong, error.to_string()),
    }
}

/// Whether anybody on the machine can do something with the file.
pub(super) fn is_open(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|file| file.permissions().mode() & OTHERS != 0)
}

/// The files that nobody but the service may read.
fn secret(folder: &Path, service: ServiceName) -> Vec<PathBuf> {
    let mut files = vec![folder.join(keys::own_file(service)), folder.join(LINKS_FILE)];
    if service == ServiceName::Enrollment {
        files.push(folder.join(ACCESS_FILE));
    }
    files
}

/// What its siblings are believed by: their public keys, or in a folder that all share their own.
fn public(folder: &Path, service: ServiceName) -> Vec<PathBuf> {
    let siblings = ServiceName::ALL.into_iter().filter(|name| *name != service);
    let file = |name| {
        let (public, own) = (folder.join(keys::public_file(name)), folder.join(keys::own_file(name)));
        if own.exists() && !public.exists() { own } else { public }
    };
    siblings.map(file).collect()
}
