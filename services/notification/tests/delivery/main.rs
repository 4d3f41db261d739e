//! From a sibling's request to the recipient's mailbox, over real gRPC and on every database.
#![cfg(test)]

mod mailbox;
mod once;
mod refused;
mod sender;
