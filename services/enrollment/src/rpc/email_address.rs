//! E-mail addresses, of nobody in particular.

pub(super) mod check;
