//! Stories over real gRPC: the four services as they are served, each story on every database at hand.
#![cfg(test)]

mod across;
mod away;
mod bounced;
mod compete;
mod contests;
mod directory;
mod enroll;
mod harness;
mod invite;
mod keys;
mod lag;
mod life;
mod logged;
mod machines;
mod members;
mod order;
mod qualify;
mod races;
mod replicas;
mod review;
mod scenes;
mod secrets;
mod shipped;
mod sign_in;
mod travel;
mod verify;
mod walls;
mod wrong_input;
