//! Services started for real, on loopback and with a database each: what every service gets from the runtime.
#![cfg(test)]

mod change;
mod checkpoints;
mod health;
mod outbox;
mod pair;
mod relay;
mod serve;
mod shared;
mod stop;
mod storm;
mod tls;
mod watch;
