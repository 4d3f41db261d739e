//! Agreement templates.

pub(super) mod get;
pub(super) mod list;
pub(super) mod publish;
