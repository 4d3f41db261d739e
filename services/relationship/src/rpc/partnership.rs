//! Partnerships: read, restricted, stopped for a while, ended.

mod blockers;
pub(crate) mod end;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod resume;
pub(crate) mod set_orders_allowed;
pub(crate) mod suspend;
