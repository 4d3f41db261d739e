//! The shared data layer: connect, transact, page, migrate, leases, journal, outbox, inbox, idempotency, and their tables.
//!
//! Whatever is promised here holds on SQLite and on PostgreSQL alike. It knows no protocol, no service and no business.

pub mod access;
pub mod connect;
pub mod error;
pub mod given_up;
pub mod idempotency;
pub mod inbox;
pub mod journal;
pub mod lease;
pub mod migrate;
pub mod outbox;
pub mod page;
pub mod reserve;
pub mod scope;
pub mod setting;
pub mod time;
pub mod transact;
pub mod wall;
mod watch;

pub use connect::{Backend, Database, Settings};
pub use error::{Error, affected};
pub use given_up::{Call, GivenUp};
pub use page::{Cursor, Page};
pub use reserve::{FromColumn, Reserve, Row};
pub use scope::Scope;
pub use transact::{AsDatabaseError, Step, Tx};
pub use wall::Reader;
pub use watch::{Pool, Told};
