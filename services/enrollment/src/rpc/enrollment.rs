//! Enrollments.

pub(super) mod create;
pub(super) mod get;
pub(super) mod get_program_information;
pub(super) mod list;
pub(super) mod submit;
