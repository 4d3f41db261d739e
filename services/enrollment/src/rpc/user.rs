//! Users.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod get;
pub(super) mod get_self;
pub(super) mod list;
mod roles;
pub(super) mod update;
