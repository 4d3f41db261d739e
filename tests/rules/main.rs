//! The house rules as tests: who may import whom, how long things get, and that nothing is declared but left undone.
#![cfg(test)]

mod commands;
mod dependencies;
mod deploy;
mod documents;
mod habits;
mod imports;
mod observe;
mod reference;
mod requirements;
mod roles;
mod rpcs;
mod shape;
mod sources;

/// Fails with every violation at once.
fn none(violations: &[String]) {
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}
