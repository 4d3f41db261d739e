//! Organizations.

pub(super) mod create;
pub(super) mod get;
pub(super) mod list;
pub(super) mod lookup;
pub(super) mod update;
