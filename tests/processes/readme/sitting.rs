//! A reader at the shell: one place, one folder, and what was left running.

use std::env;
use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use linkage::{ServiceName, Settings};

use super::page::{self, Piece};
use crate::program::{BINARY, Place, Process};

/// Stands in for cargo and runs what is built already. One command isn't run, as this test is a part of it.
const CARGO: &str = r#"#!/bin/sh
case "$*" in
    run) shift ;;
    "run -- "*) shift 2 ;;
    "run -q -- "*) shift 3 ;;
    "test --workspace") exit ;;
    *) echo "cargo $*: not known here" >&2; exit 64 ;;
esac
exec "$BINARY" "$@"
"#;

/// A reader who types one block after the other.
pub(crate) struct Sitting {
    place: Place,
    path: OsString,
    serving: Option<Process>,
}

impl Sitting {
    /// A reader in an empty folder, where `cargo run` runs what is built already.
    pub(crate) fn new() -> Sitting {
        let place = Place::new();
        let programs = place.folder().join("programs");
        let cargo = programs.join("cargo");
        fs::create_dir(&programs).expect("a folder");
        fs::write(&cargo, CARGO).expect("a script");
        fs::set_permissions(&cargo, Permissions::from_mode(0o755)).expect("a script that runs");
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths([programs].into_iter().chain(env::split_paths(&path))).expect("a path");
        Sitting { place, path, serving: None }
    }

    /// The page with the addresses of this place instead of those built in, each of which it names.
    pub(crate) fn at_its_addresses(&self, page: &str) -> String {
        let settings = Settings::shipped().expect("what is built in");
        let built_in = ServiceName::ALL.map(|service| settings.of(service).listen.to_string());
        let mut page = page.to_owned();
        for (built_in, address) in built_in.into_iter().zip(&self.place.addresses) {
            assert!(page.contains(&built_in), "the README doesn't name {built_in}");
            page = page.replace(&built_in, address);
        }
        page
    }

    /// Types a block and tells what was printed; what serves goes on until the next is started.
    pub(crate) fn run(&mut self, block: &str) -> String {
        let mut told = String::new();
        for piece in page::pieces(block) {
            match piece {
                Piece::Script(lines) => {
                    let ended = Process::start(self.shell(&lines)).end();
                    assert_eq!(ended.code, Some(0), "{lines}\n\n{}\n{}", ended.out, ended.err);
                    told.push_str(&ended.out);
                    told.push('\n');
                }
                Piece::Serving(line) => {
                    self.stop();
                    // In the place of the shell, so that it is the one that is asked to stop.
                    self.serving = Some(Process::serving(self.shell(&format!("exec {line}"))));
                }
            }
        }
        told
    }

    /// Stops what serves, which must end well.
    pub(crate) fn stop(&mut self) {
        if let Some(mut serving) = self.serving.take() {
            let ended = serving.stop();
            assert_eq!(ended.code, Some(0), "{}\n{}", ended.out, ended.err);
        }
    }

    fn shell(&self, script: &str) -> Command {
        let mut bash = self.place.program("bash");
        bash.args(["-euo", "pipefail", "-c", script]).env("PATH", &self.path).env("BINARY", BINARY);
        // A reader has the limits that are built in.
        bash.env_remove("LINKAGE_LIMITS__PER_SECOND").env_remove("LINKAGE_LIMITS__BURST");
        bash
    }
}
