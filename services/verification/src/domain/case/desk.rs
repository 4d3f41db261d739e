//! The review desk: who holds a case, and what they decide.

use addresses::Email;
use chrono::{DateTime, Utc};

use super::{CaseState, Rejection, Reviewer, VettingCase};
use crate::domain::event::{CaseEvent, CaseMove};
use crate::domain::{CheckKind, Deadlines, Refusal, Verdict};

impl VettingCase {
    /// A reviewer, at this verified address, takes the case, or holds on to it for as long again.
    pub(crate) fn claim(
        &mut self,
        reviewer: Reviewer,
        address: &Email,
        now: DateTime<Utc>,
        deadlines: &Deadlines,
    ) -> Result<CaseEvent, Refusal> {
        self.apart_from(reviewer, address)?;
        if self.appeal.as_ref().is_some_and(|appeal| appeal.against == reviewer) {
            return Err(Refusal::OwnDecision);
        }
        match self.state.at(now) {
            CaseState::InReview { by, .. } if by != reviewer => Err(Refusal::ClaimedByOther),
            CaseState::Queued { due } | CaseState::InReview { due, .. } => {
                Ok(self.moved(now, CaseMove::Claimed, |case| {
                    case.state = CaseState::InReview { by: reviewer, due, lease: now + deadlines.claim };
                }))
            }
            _ => Err(self.forbids(now, &["QUEUED"])),
        }
    }

    /// Nobody reviews, or notes anything on, what is their own or their company's.
    pub(crate) fn apart_from(&self, reviewer: Reviewer, address: &Email) -> Result<(), Refusal> {
        let own = reviewer.organization == self.organization || self.subject.is_own_of(address);
        if own { Err(Refusal::SelfReview) } else { Ok(()) }
    }

    /// The reviewer gives the case back to the queue.
    pub(crate) fn release(&mut self, reviewer: Reviewer, now: DateTime<Utc>) -> Result<CaseEvent, Refusal> {
        let due = self.claimed_by(reviewer, now)?;
        Ok(self.moved(now, CaseMove::Released, |case| case.state = CaseState::Queued { due }))
    }

    /// The reviewer decides a check, or decides it anew.
    pub(crate) fn decide(
        &mut self,
        reviewer: Reviewer,
        kind: CheckKind,
        verdict: Verdict,
        now: DateTime<Utc>,
    ) -> Result<CaseEvent, Refusal> {
        self.claimed_by(reviewer, now)?;
        if kind == CheckKind::Authority && self.approver_denies() {
            return Err(Refusal::ApproverDenied);
        }
        Ok(self.moved(now, CaseMove::CheckDecided(kind), |case| case.checks.decide(kind, verdict, now)))
    }

    /// The reviewer approves, once every check is passed or waived.
    pub(crate) fn approve(&mut self, reviewer: Reviewer, now: DateTime<Utc>) -> Result<CaseEvent, Refusal> {
        self.claimed_by(reviewer, now)?;
        let outstanding = self.checks.outstanding();
        if !outstanding.is_empty() {
            return Err(Refusal::ChecksOutstanding(outstanding));
        }
        Ok(self.moved(now, CaseMove::Approved, |case| case.state = CaseState::Approved { by: reviewer }))
    }

    /// The reviewer refuses, by a reason in force and in words. The first time the applicant may appeal for a while.
    pub(crate) fn reject(
        &mut self,
        reviewer: Reviewer,
        reason: String,
        text: String,
        now: DateTime<Utc>,
        deadlines: &Deadlines,
    ) -> Result<CaseEvent, Refusal> {
        self.claimed_by(reviewer, now)?;
        let appeal_by = self.appeal.is_none().then(|| now + deadlines.appeal);
        let rejection = Rejection { reason, text, by: Some(reviewer), appeal_by };
        Ok(self.moved(now, CaseMove::Rejected, |case| case.state = CaseState::Rejected(rejection)))
    }

    /// Whether this reviewer holds the case: by when its outcome is promised.
    pub(super) fn claimed_by(&self, reviewer: Reviewer, now: DateTime<Utc>) -> Result<DateTime<Utc>, Refusal> {
        match self.state.at(now) {
            CaseState::InReview { by, due, .. } if by == reviewer => Ok(due),
            CaseState::InReview { .. } => Err(Refusal::NotClaimant),
            _ => Err(self.forbids(now, &["IN_REVIEW"])),
        }
    }
}
