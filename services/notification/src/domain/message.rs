//! A message on its way: queued, tried, and then sent, bounced or parked; what is parked is queued again or dropped.

use std::collections::BTreeMap;
use std::mem;

use chrono::{DateTime, TimeDelta, Utc};
use ids::{EventId, MessageId};
use serde::{Deserialize, Serialize};

use super::event::Report;
use super::{Event, Kind, Tries};

/// A try that has said nothing for so long was cut off.
const LONGEST_TRY: TimeDelta = TimeDelta::minutes(5);

/// A message to one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) id: MessageId,
    pub(crate) cause: Cause,
    pub(crate) kind: Kind,
    /// The language that its recipient reads; empty when unknown. It is written in the nearest that we have.
    pub(crate) language: String,
    pub(crate) to: To,
    pub(crate) state: State,
    /// How often a try was begun.
    pub(crate) attempts: u32,
    /// Why the last try failed.
    pub(crate) last_error: Option<String>,
    pub(crate) create_time: DateTime<Utc>,
    pub(crate) version: i64,
}

/// What it tells of: a sibling's event. Each recipient is told once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cause {
    pub(crate) source: String,
    pub(crate) event: EventId,
    /// What the event was about, as a resource name, and how many events that had had.
    pub(crate) subject: String,
    pub(crate) subject_version: i64,
    /// The trace that it is part of.
    pub(crate) trace: Option<String>,
}

/// Whom it is for, as much of it as is kept once it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct To {
    /// Knows the address again without telling it.
    pub(crate) mailbox: String,
    /// What may be shown of the address.
    pub(crate) hint: String,
    /// The domain of the address.
    pub(crate) domain: String,
}

/// What is said, to which address, and to whom by name. Dropped as soon as it was sent, or can't be.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Contents {
    pub(crate) address: String,
    pub(crate) display_name: String,
    pub(crate) reply_to: String,
    pub(crate) variables: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    /// Waits for its next try.
    Queued { due: DateTime<Utc>, contents: Contents },
    /// A try is under way; one that is not finished by then was cut off.
    Sending { until: DateTime<Utc>, contents: Contents },
    /// Handed over.
    Sent { at: DateTime<Utc> },
    /// Refused for good.
    Bounced { at: DateTime<Utc> },
    /// Given up; waits for the operator.
    Parked { at: DateTime<Utc>, contents: Contents },
    /// Given up for good by the operator.
    Dropped { at: DateTime<Utc> },
}

/// Not possible in this state, or not yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refusal;

impl State {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            State::Queued { .. } => "QUEUED",
            State::Sending { .. } => "SENDING",
            State::Sent { .. } => "SENT",
            State::Bounced { .. } => "BOUNCED",
            State::Parked { .. } => "PARKED",
            State::Dropped { .. } => "DROPPED",
        }
    }
}

impl Message {
    /// What a new message's journal entry says.
    pub(crate) fn queued(&self) -> Event {
        Event::MessageQueued { message: self.id, kind: self.kind.name() }
    }

    /// Begins a try. It counts from here, so that a message which takes the whole process down with it is parked in the end.
    pub(crate) fn begin(&mut self, now: DateTime<Utc>, tries: Tries) -> Result<Option<Event>, Refusal> {
        let contents = match &mut self.state {
            State::Queued { due: at, contents } | State::Sending { until: at, contents } if *at <= now => {
                mem::take(contents)
            }
            _ => return Err(Refusal),
        };
        if self.attempts >= tries.most {
            return Ok(Some(self.give_up(now, contents, "no try came to an end")));
        }
        self.attempts += 1;
        self.state = State::Sending { until: now + LONGEST_TRY, contents };
        Ok(None)
    }

    /// What the try under way is to send.
    pub(crate) fn under_way(&self) -> Result<&Contents, Refusal> {
        match &self.state {
            State::Sending { contents, .. } => Ok(contents),
            _ => Err(Refusal),
        }
    }

    /// The transport took it.
    pub(crate) fn accept(&mut self, now: DateTime<Utc>) -> Result<Event, Refusal> {
        self.under_way()?;
        self.state = State::Sent { at: now };
        self.last_error = None;
        Ok(Event::MessageSent { message: self.id, report: self.report(now, None) })
    }

    /// The transport refused it for now. `chance` spreads the next tries of messages refused together.
    pub(crate) fn postpone(
        &mut self,
        now: DateTime<Utc>,
        reason: &str,
        tries: Tries,
        chance: u32,
    ) -> Result<Event, Refusal> {
        let contents = self.take()?;
        if self.attempts >= tries.most {
            return Ok(self.give_up(now, contents, reason));
        }
        self.state = State::Queued { due: now + tries.pause(self.attempts, chance), contents };
        self.last_error = Some(reason.to_owned());
        Ok(Event::MessagePostponed { message: self.id, reason: reason.to_owned() })
    }

    /// The transport refused it for good.
    pub(crate) fn bounce(&mut self, now: DateTime<Utc>, reason: &str) -> Result<Event, Refusal> {
        self.under_way()?;
        self.state = State::Bounced { at: now };
        self.last_error = Some(reason.to_owned());
        let report = self.report(now, Some(reason));
        Ok(Event::MessageBounced { message: self.id, reason: reason.to_owned(), report })
    }

    /// It can't be sent as it is: another try would end the same way.
    pub(crate) fn park(&mut self, now: DateTime<Utc>, reason: &str) -> Result<Event, Refusal> {
        let contents = self.take()?;
        Ok(self.give_up(now, contents, reason))
    }

    /// The operator has it tried anew, with all its tries.
    pub(crate) fn retry(&mut self, now: DateTime<Utc>) -> Result<Event, Refusal> {
        let State::Parked { contents, .. } = &mut self.state else { return Err(Refusal) };
        self.state = State::Queued { due: now, contents: mem::take(contents) };
        self.attempts = 0;
        Ok(Event::MessageRetried { message: self.id })
    }

    /// The operator gives it up for good.
    pub(crate) fn drop(&mut self, now: DateTime<Utc>, reason: &str) -> Result<Event, Refusal> {
        let State::Parked { .. } = self.state else { return Err(Refusal) };
        self.state = State::Dropped { at: now };
        let report = self.report(now, Some(reason));
        Ok(Event::MessageDropped { message: self.id, reason: reason.to_owned(), report })
    }

    fn take(&mut self) -> Result<Contents, Refusal> {
        match &mut self.state {
            State::Sending { contents, .. } => Ok(mem::take(contents)),
            _ => Err(Refusal),
        }
    }

    fn give_up(&mut self, now: DateTime<Utc>, contents: Contents, reason: &str) -> Event {
        self.state = State::Parked { at: now, contents };
        self.last_error = Some(reason.to_owned());
        let report = self.report(now, Some(reason));
        Event::MessageParked { message: self.id, reason: reason.to_owned(), report }
    }

    /// What its asker is told, where the asker shows it.
    fn report(&self, at: DateTime<Utc>, reason: Option<&str>) -> Option<Report> {
        self.kind.is_reported().then(|| Report {
            cause: self.cause.clone(),
            state: self.state.name(),
            reason: reason.unwrap_or_default().to_owned(),
            at,
        })
    }
}

/// Nothing of it in logs.
impl std::fmt::Debug for Contents {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Contents").finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(crate) mod tests;
