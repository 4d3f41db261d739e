//! The service on its own, over gRPC and on every database: enrollment is played by a stand-in, mail is read from the outbox.
#![cfg(test)]

mod answering;
mod batch;
mod customer;
mod deadline;
mod enrollment;
mod grants;
mod interrupted;
mod invitation;
mod lists;
mod market;
mod oracle;
mod orders;
mod partnership;
mod stage;
mod stopping;
