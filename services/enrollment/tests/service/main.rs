//! The service alone, over real gRPC and on every database, up to what waits in its outbox.
#![cfg(test)]

mod agreements;
mod applications;
mod assertions;
mod cast;
mod change;
mod codes;
mod directory;
mod domains;
mod enquiries;
mod house;
mod joining;
mod life;
mod locations;
mod machine;
mod members;
mod nameserver;
mod organizations;
mod people;
mod profiles;
mod provider;
mod rejected;
mod reminders;
mod requests;
mod rules;
#[path = "../../build/sound.rs"]
mod sound;
mod standing;
mod tables;
mod tokens;
mod trust;
