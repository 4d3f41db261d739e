//! The service alone, over real gRPC and on every database, up to what waits in its outbox.
#![cfg(test)]

mod domains;
mod house;
mod joining;
mod members;
mod nameserver;
mod organizations;
mod people;
mod profiles;
mod requests;
mod standing;
