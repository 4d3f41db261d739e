//! Start, guard, serve, change, relay, stop: what the four services do alike, once.
//!
//! It knows no business: of the generated packages it uses only those that every service serves.

pub mod access;
pub mod app;
pub mod caller;
pub mod change;
pub mod clock;
pub mod convert;
pub mod effect;
pub mod entry;
pub mod fault;
pub mod keys;
pub mod limits;
pub mod links;
pub mod mint;
pub mod page;
pub mod parse;
pub mod peers;
pub mod policy;
pub mod reply;
pub mod serve;
pub mod service;
pub mod start;

pub use app::App;
pub use caller::{Caller, Identity, Link, Person, User};
pub use change::{Change, Inbox, Outcome};
pub use clock::Clock;
pub use effect::Effect;
pub use entry::{Entry, Event};
pub use fault::Fault;
pub use links::Links;
pub use mint::Mint;
pub use page::PageRequest;
pub use parse::Violations;
pub use policy::{Policy, Rule};
pub use reply::{open, reply};
pub use service::{Service, ServiceName};
pub use wire::access::Role;
pub use wire::types::Reason;
