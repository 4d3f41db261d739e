//! The service alone, over real gRPC and on every database, up to what waits in its outbox.
#![cfg(test)]

mod house;
mod joining;
mod people;
mod profiles;
mod requests;
mod standing;
