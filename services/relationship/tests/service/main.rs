//! The service on its own, over gRPC and on every database: enrollment is played by a stand-in, mail is read from the outbox.
#![cfg(test)]

mod customer;
mod enrollment;
mod invitation;
mod lists;
mod orders;
mod partnership;
mod stage;
