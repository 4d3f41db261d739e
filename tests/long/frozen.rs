//! F3: one of two replicas of every service is frozen past its leases and thawed again, on PostgreSQL.
//!
//! The other takes over what the frozen one held; what the thawed one still believes to hold is refused by the epoch of the
//! lease that it names.

mod held;
mod rounds;
