//! What an installation may set.

use std::path::PathBuf;

use serde::Deserialize;

/// Settings of the verification service.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How many wrong codes lock a verification; at least 1.
    pub code_tries: u32,
    /// Where evidence is kept, one file for each; replicas share it. Empty = the folder `evidence` in the storage folder.
    pub evidence_folder: PathBuf,
}

impl Default for Config {
    fn default() -> Config {
        Config { code_tries: 5, evidence_folder: PathBuf::new() }
    }
}
