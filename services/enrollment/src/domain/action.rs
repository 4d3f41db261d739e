//! What can be done with an enrollment now: its state's commands, as far as nothing else stands against them.

use chrono::{DateTime, Utc};

use super::agreement::Standing;
use super::enrollment::Enrollment;
use super::lifecycle::{Command, State};
use super::picture::Picture;
use super::vetting::{CaseState, Wait};

/// Something that can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    UpdateLegalProfile,
    UpdateSupportProfile,
    Submit,
    Associate,
    Sign,
    SubmitInformation,
    UploadEvidence,
    Resend,
    Appeal,
    Withdraw,
    Reopen,
    Suspend,
    Resume,
    End,
}

impl Action {
    /// In the order in which it is usually done.
    pub(crate) const ALL: [Action; 14] = [
        Action::UpdateLegalProfile,
        Action::UpdateSupportProfile,
        Action::Submit,
        Action::Associate,
        Action::Sign,
        Action::SubmitInformation,
        Action::UploadEvidence,
        Action::Resend,
        Action::Appeal,
        Action::Withdraw,
        Action::Reopen,
        Action::Suspend,
        Action::Resume,
        Action::End,
    ];

    /// The RPC that does it.
    pub(crate) const fn method(self) -> &'static str {
        match self {
            Action::UpdateLegalProfile => "linkage.enrollment.v1.OrganizationService/UpdateLegalProfile",
            Action::UpdateSupportProfile => "linkage.enrollment.v1.OrganizationService/UpdateSupportProfile",
            Action::Submit => "linkage.enrollment.v1.EnrollmentService/SubmitEnrollment",
            Action::Associate => "linkage.enrollment.v1.PartnerLocationService/AssociatePartnerLocation",
            Action::Sign => "linkage.enrollment.v1.AgreementService/CreateSignature",
            Action::SubmitInformation => "linkage.verification.v1.VettingService/SubmitInformation",
            Action::UploadEvidence => "linkage.verification.v1.EvidenceService/UploadEvidence",
            Action::Resend => "linkage.verification.v1.EmailVerificationService/ResendEmailVerification",
            Action::Appeal => "linkage.verification.v1.VettingService/AppealVettingCase",
            Action::Withdraw => "linkage.enrollment.v1.EnrollmentService/WithdrawEnrollment",
            Action::Reopen => "linkage.enrollment.v1.EnrollmentService/ReopenEnrollment",
            Action::Suspend => "linkage.enrollment.v1.EnrollmentService/SuspendEnrollment",
            Action::Resume => "linkage.enrollment.v1.EnrollmentService/ResumeEnrollment",
            Action::End => "linkage.enrollment.v1.EnrollmentService/EndEnrollment",
        }
    }

    pub(crate) const fn description(self) -> &'static str {
        match self {
            Action::UpdateLegalProfile => "change the legal profile; validate_only tells what would be verified again",
            Action::UpdateSupportProfile => "change the contact for customer support",
            Action::Submit => "submit the draft for verification",
            Action::Associate => "associate a location by its claim code",
            Action::Sign => "sign the partner agreement in force",
            Action::SubmitInformation => "answer the reviewer's questions, all at once",
            Action::UploadEvidence => "send a document that shows what is not shown yet",
            Action::Resend => "have the mail sent anew that nobody can answer",
            Action::Appeal => "ask another reviewer to look at the rejected case again, once",
            Action::Withdraw => "withdraw the enrollment; it can be reopened",
            Action::Reopen => "take the enrollment up again as a draft",
            Action::Suspend => "suspend the enrollment; validate_only tells what it would hit",
            Action::Resume => "put the enrollment in force again",
            Action::End => "end the enrollment for good; validate_only tells what it would hit",
        }
    }
}

impl Picture {
    /// What can be done now, by whoever may.
    pub(crate) fn actions(&self, enrollment: &Enrollment, now: DateTime<Utc>) -> Vec<Action> {
        let takes = |command| enrollment.state.after(command).is_some();
        let waits = matches!(enrollment.state, State::Verifying | State::Rejected);
        let case = self.vetting().filter(|_| waits);
        let changeable = matches!(
            enrollment.state,
            State::Draft | State::Verifying | State::Qualified | State::Active | State::Suspended
        );
        let can = |action: &Action| match action {
            Action::UpdateLegalProfile | Action::UpdateSupportProfile => changeable,
            Action::Submit => takes(Command::Submit) && self.is_whole(now),
            Action::Associate => takes(Command::Associate) && self.location.is_none(),
            Action::Sign => {
                let wanted = !matches!(self.agreement(enrollment, now), Standing::Current | Standing::Unpublished);
                takes(Command::Sign) && self.location.is_some() && wanted
            }
            Action::SubmitInformation => case.is_some_and(|case| case.state == CaseState::ActionRequired),
            Action::UploadEvidence => case.is_some_and(|case| case.state.is_open() || case.may_be_appealed(now)),
            Action::Resend => case.is_some_and(|case| case.waits_for(Wait::Resend)),
            Action::Appeal => case.is_some_and(|case| case.may_be_appealed(now)),
            Action::Withdraw => takes(Command::Withdraw),
            Action::Reopen => takes(Command::Reopen),
            Action::Suspend => takes(Command::Suspend),
            Action::Resume => takes(Command::Resume),
            Action::End => takes(Command::End),
        };
        Action::ALL.into_iter().filter(can).collect()
    }

    /// Whether both profiles are complete.
    fn is_whole(&self, now: DateTime<Utc>) -> bool {
        let country = self.organization.country.as_str();
        self.legal.missing(country, now).is_empty() && self.support.missing(country).is_empty()
    }
}

#[cfg(test)]
mod tests;
