//! Applications: machine callers.

pub(super) mod create;
mod credential;
pub(super) mod delete;
pub(super) mod get;
pub(super) mod list;
mod roles;
pub(super) mod rotate_credential;
pub(super) mod update;
