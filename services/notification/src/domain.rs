//! What a message is, what its kind needs, and what becomes of it. Pure: time and chance come in as arguments.

pub(crate) mod event;
pub(crate) mod kind;
pub(crate) mod letter;
pub(crate) mod message;
pub(crate) mod pace;
pub(crate) mod tries;
pub(crate) mod variables;

pub(crate) use event::Event;
pub(crate) use kind::Kind;
pub(crate) use letter::{Letter, Mail};
pub(crate) use message::{Cause, Contents, Message, State, To};
pub(crate) use pace::Pace;
pub(crate) use tries::Tries;
pub(crate) use variables::Variables;
