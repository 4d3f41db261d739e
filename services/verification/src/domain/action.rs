//! What can be done with a case now, by whoever may.

use addresses::Email;
use chrono::{DateTime, Utc};

use super::{CaseState, CheckKind, Reviewer, Todo, VettingCase, WaitsFor};

/// Something that can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    SubmitInformation,
    UploadEvidence,
    Resend,
    Appeal,
    Claim,
    Decide,
    Ask,
    Approve,
    Reject,
    Release,
}

impl Action {
    /// In the order in which it is usually done.
    const ALL: [Action; 10] = [
        Action::SubmitInformation,
        Action::UploadEvidence,
        Action::Resend,
        Action::Appeal,
        Action::Claim,
        Action::Decide,
        Action::Ask,
        Action::Approve,
        Action::Reject,
        Action::Release,
    ];

    /// The RPC that does it.
    pub(crate) const fn method(self) -> &'static str {
        match self {
            Action::SubmitInformation => "linkage.verification.v1.VettingService/SubmitInformation",
            Action::UploadEvidence => "linkage.verification.v1.EvidenceService/UploadEvidence",
            Action::Resend => "linkage.verification.v1.EmailVerificationService/ResendEmailVerification",
            Action::Appeal => "linkage.verification.v1.VettingService/AppealVettingCase",
            Action::Claim => "linkage.verification.v1.VettingService/ClaimVettingCase",
            Action::Decide => "linkage.verification.v1.VettingService/DecideCheck",
            Action::Ask => "linkage.verification.v1.VettingService/RequestInformation",
            Action::Approve => "linkage.verification.v1.VettingService/ApproveVettingCase",
            Action::Reject => "linkage.verification.v1.VettingService/RejectVettingCase",
            Action::Release => "linkage.verification.v1.VettingService/ReleaseVettingCase",
        }
    }

    pub(crate) const fn description(self) -> &'static str {
        match self {
            Action::SubmitInformation => "answer the questions that are open, all at once",
            Action::UploadEvidence => "send a document that shows what is not shown yet",
            Action::Resend => "have the mail sent anew that nobody can answer",
            Action::Appeal => "ask another reviewer to look at the rejected case again, once",
            Action::Claim => "take the case for review",
            Action::Decide => "decide a check",
            Action::Ask => "ask the applicant, and wait for the answers",
            Action::Approve => "approve the case: every check is passed or waived",
            Action::Reject => "refuse the case, by a reason in force and in words",
            Action::Release => "give the case back to the queue",
        }
    }
}

impl VettingCase {
    /// What can be done now: by the applicant, and by this reviewer at this address.
    pub(crate) fn actions(&self, reviewer: Option<(Reviewer, &Email)>, now: DateTime<Utc>) -> Vec<Action> {
        let case = self.clone().at(now);
        let holds = |by: &Reviewer| matches!(reviewer, Some((reviewer, _)) if reviewer == *by);
        let held = matches!(&case.state, CaseState::InReview { by, .. } if holds(by));
        let apart = reviewer.is_some_and(|(reviewer, address)| case.apart_from(reviewer, address).is_ok());
        let appealed = case.appeal.as_ref().is_some_and(|appeal| holds(&appeal.against));
        let waits = |todo| CheckKind::ALL.iter().any(|kind| case.waits_for(*kind, now) == WaitsFor::Applicant(todo));
        let can = |action: &Action| match action {
            Action::SubmitInformation => case.state.is_open() && !case.open_questions().is_empty(),
            Action::UploadEvidence => case.state.is_open() || case.may_appeal(now),
            Action::Resend => waits(Todo::Resend),
            Action::Appeal => case.may_appeal(now),
            Action::Claim => matches!(case.state, CaseState::Queued { .. }) && apart && !appealed,
            Action::Decide | Action::Ask | Action::Reject | Action::Release => held,
            Action::Approve => held && case.checks.outstanding().is_empty(),
        };
        Action::ALL.into_iter().filter(can).collect()
    }
}

#[cfg(test)]
mod tests;
