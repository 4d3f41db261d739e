//! What resellers ask providers.

pub(super) mod send;
