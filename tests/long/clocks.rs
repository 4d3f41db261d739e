//! F11: the clock of one process is ten minutes ahead of the others, or behind.
//!
//! Business time is moved by the simulation's clock, one service or one replica at a time; tokens, which follow real time, are
//! made as a machine with another clock would make them. A real clock that jumps back under a running process is left out: it
//! would need a library preloaded into the process, which not every system has.

mod leases;
mod skew;
mod tokens;

/// How far a clock is off.
const TEN_MINUTES: i64 = 600;
