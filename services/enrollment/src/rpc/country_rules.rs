//! The rules of countries.

pub(super) mod list;
