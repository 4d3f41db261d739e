//! The built binary as its users run it: commands, exit statuses, signals, kills.
#![cfg(test)]

mod against;
mod altered;
mod audited;
mod commands;
mod deployed;
mod doctor;
mod encrypted;
mod kept;
mod killed;
mod kills;
mod mail;
mod mailboxes;
mod migrators;
mod observed;
mod program;
mod readme;
mod trail;
