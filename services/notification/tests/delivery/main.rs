//! From a sibling's request to the recipient's mailbox, over real gRPC and on every database.
#![cfg(test)]

mod folder;
mod mailbox;
mod once;
mod operator;
mod refused;
mod sender;
mod server;
mod smtp;
mod watch;
