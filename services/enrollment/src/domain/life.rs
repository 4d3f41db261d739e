//! What applicant and operator do with an enrollment after it was begun: withdraw, reopen, suspend, resume, end.

use chrono::{DateTime, Utc};

use super::Refusal;
use super::enrollment::Enrollment;
use super::event::{Event, Moved};
use super::lifecycle::{Command, State};
use super::picture::Picture;

/// Why the operator acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Why {
    /// A code, for programs and the journal.
    pub(crate) code: String,
    /// The same in words, for the company.
    pub(crate) text: String,
}

/// What the operator does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    Suspend,
    Resume,
    End,
}

impl Measure {
    pub(crate) const fn command(self) -> Command {
        match self {
            Measure::Suspend => Command::Suspend,
            Measure::Resume => Command::Resume,
            Measure::End => Command::End,
        }
    }
}

impl Picture {
    /// Withdraws an enrollment that is not in force yet, or was rejected; `others` are the organization's other ones.
    pub(crate) fn withdraw(
        &mut self,
        enrollment: &mut Enrollment,
        others: &[Enrollment],
        now: DateTime<Utc>,
    ) -> Result<Vec<Event>, Refusal> {
        let from = enrollment.obey(Command::Withdraw, now)?;
        let mut events = vec![Event::EnrollmentWithdrawn(Box::new(self.moved(from, enrollment, now)))];
        events.extend(self.let_go(others));
        Ok(events)
    }

    /// Takes a withdrawn enrollment up again, unless another of its type has taken its place.
    pub(crate) fn reopen(
        &self,
        enrollment: &mut Enrollment,
        others: &[Enrollment],
        now: DateTime<Utc>,
    ) -> Result<Vec<Event>, Refusal> {
        enrollment.may(Command::Reopen)?;
        if others.iter().any(|other| other.kind == enrollment.kind && other.state.is_live()) {
            return Err(Refusal::EnrollmentExists);
        }
        let from = enrollment.obey(Command::Reopen, now)?;
        Ok(vec![Event::EnrollmentReopened(Box::new(self.moved(from, enrollment, now)))])
    }

    /// The operator suspends, resumes or ends an enrollment; nothing else ends with it.
    pub(crate) fn take_measure(
        &mut self,
        measure: Measure,
        enrollment: &mut Enrollment,
        others: &[Enrollment],
        why: &Why,
        now: DateTime<Utc>,
    ) -> Result<Vec<Event>, Refusal> {
        let from = enrollment.obey(measure.command(), now)?;
        enrollment.reason = Some(why.code.clone());
        enrollment.reason_text = Some(why.text.clone());
        let moved = Box::new(self.moved(from, enrollment, now));
        Ok(match measure {
            Measure::Suspend => vec![Event::EnrollmentSuspended(moved)],
            Measure::Resume => vec![Event::EnrollmentResumed(moved)],
            Measure::End => {
                let mut events = vec![Event::EnrollmentEnded(moved)];
                events.extend(self.let_go(others));
                events
            }
        })
    }
}

impl Moved {
    /// Whether it waits for verification no more: neither for an outcome nor, once rejected, for an appeal.
    pub(crate) fn stops_waiting(&self) -> bool {
        match self.standing.state {
            State::Withdrawn => matches!(self.from, State::Verifying | State::Rejected),
            State::Ended => self.from == State::Rejected,
            _ => false,
        }
    }
}
