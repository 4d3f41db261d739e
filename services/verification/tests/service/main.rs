//! The service alone, over real gRPC and on every database, up to what waits in its outbox.
#![cfg(test)]

mod automatic;
mod desk;
mod evidence;
mod following;
mod house;
mod links;
mod opening;
mod requests;
mod resending;
mod review;
mod storm;
mod time;
mod waiting;
