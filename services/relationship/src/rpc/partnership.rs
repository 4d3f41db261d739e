//! Partnerships: read, restricted, ended.

mod blockers;
pub(crate) mod end;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod set_orders_allowed;
