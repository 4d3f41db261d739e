//! How the program that is deployed is linked.

use std::env::var_os;
use std::process::Command;

/// The first glibc that reads addresses in their packed form.
const SINCE: (u32, u32) = (2, 36);

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Addresses that are set right at the start then take a bit each, and not 24 bytes that every process reads and holds: 1.7 MB of 25.
    let is_own = var_os("HOST") == var_os("TARGET");
    if is_own && var_os("PROFILE").is_some_and(|profile| profile == "release") && glibc() >= Some(SINCE) {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// The C library that is here: one that is older would not start the program.
fn glibc() -> Option<(u32, u32)> {
    let told = Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok()?;
    let told = String::from_utf8(told.stdout).ok()?;
    let (major, minor) = told.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
