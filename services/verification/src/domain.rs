//! Vetting of companies: what is checked, who said what, what follows. Pure: time, ids and nonces come in, events and refusals come out.

pub(crate) mod action;
mod case;
mod check;
mod deadlines;
mod email;
mod event;
mod evidence;
mod lookalike;
mod note;
mod post;
pub(crate) mod quota;
mod refusal;
mod subject;
mod waiting;

#[cfg(test)]
mod grid;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod model;
#[cfg(test)]
pub(crate) mod samples;

pub(crate) use case::{Answered, Appeal, CaseState, NewCase, Question, Rejection, Reviewer, Told, VettingCase};
pub(crate) use check::{Check, CheckKind, Checks, Status, Todo, Verdict, WaitsFor};
pub(crate) use deadlines::Deadlines;
pub(crate) use email::{Answers, EmailState, EmailVerification, NewVerification, Postage, Proof, Purpose};
pub(crate) use event::{Alert, AlertCause, CaseEvent, Event, VerificationEvent};
pub(crate) use event::{CaseMove, Letter, VerificationMove};
pub(crate) use evidence::Evidence;
pub(crate) use lookalike::skeleton;
pub(crate) use note::ReviewNote;
pub(crate) use post::{Fate, Post};
pub(crate) use refusal::Refusal;
pub(crate) use subject::{Address, Contact, NumberCheck, Subject};
