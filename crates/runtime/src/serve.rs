//! The one gRPC server: every limit set, and one visible list of layers.

/// The largest request message that is taken.
pub const DECODE_LIMIT: usize = 256 * 1024;

/// The largest answer that is given.
pub const ENCODE_LIMIT: usize = 4 * 1024 * 1024;
