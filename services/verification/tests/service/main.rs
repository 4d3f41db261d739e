//! The service alone, over real gRPC and on every database, up to what waits in its outbox.
#![cfg(test)]

mod following;
mod house;
mod links;
mod opening;
mod automatic;
mod requests;
mod resending;
mod review;
mod time;
