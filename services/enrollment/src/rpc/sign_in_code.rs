//! Codes that are mailed for sign-in.

pub(super) mod send;
