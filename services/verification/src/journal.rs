//! What the journal keeps of each event: never an address, never a secret.

use runtime::Entry;

use crate::domain::{
    Alert, CaseEvent, CaseMove, EmailState, Event, Status, Verdict, VerificationEvent, VerificationMove,
};

impl runtime::Event for Event {
    fn entry(&self) -> Entry {
        match self {
            Event::Case(event) => case(event),
            Event::Verification(event) => verification(event),
            Event::Alert(alert) => alerted(alert),
            Event::Noted(note) => Entry::new("ReviewNoteCreated", note.name()),
            Event::EvidenceReceived(evidence) => Entry::new("EvidenceReceived", evidence.name())
                .changing([format!("checks.{}", evidence.check.as_str().to_lowercase())])
                .between([evidence.organization]),
        }
    }
}

fn case(event: &CaseEvent) -> Entry {
    let case = &event.case;
    let entry = |kind| {
        Entry::new(kind, case.organization.child(case.id))
            .moved(event.from, case.state.as_str())
            .between([case.organization])
    };
    match event.what {
        CaseMove::Opened => entry("VettingCaseOpened"),
        CaseMove::Joined => entry("VettingCaseJoined"),
        CaseMove::Queued => entry("VettingCaseQueued"),
        CaseMove::Claimed => entry("VettingCaseClaimed"),
        CaseMove::Asked => entry("VettingCaseInformationRequested").changing(["questions"]),
        CaseMove::Answered => entry("VettingCaseInformationSubmitted").changing(["questions"]),
        CaseMove::Reminded => entry("VettingCaseReminded"),
        CaseMove::MailNoted(check) => {
            entry("VettingCaseMailNoted").changing([format!("checks.{}", check.as_str().to_lowercase())])
        }
        CaseMove::AppealForgone => entry("VettingCaseAppealForgone").changing(["appeal_by_time"]),
        CaseMove::Appealed => entry("VettingCaseAppealed").changing(["appeal"]),
        CaseMove::Released => entry("VettingCaseReleased"),
        CaseMove::Lapsed => entry("VettingCaseLapsed"),
        CaseMove::DomainLearnt => entry("VettingCaseDomainProven").changing(["checks.domain"]),
        CaseMove::Extended => entry("VettingCaseExtended").changing(["due_time"]),
        CaseMove::CheckDecided(check) => {
            let path = [format!("checks.{}", check.as_str().to_lowercase())];
            match &case.checks.get(check).status {
                Status::Pending { .. } => entry("CheckReopened").changing(path),
                Status::Decided(Verdict::Passed) => entry("CheckPassed").changing(path),
                Status::Decided(Verdict::Failed { reason }) => entry("CheckFailed").changing(path).because(reason),
                Status::Decided(Verdict::Waived { reason }) => entry("CheckWaived").changing(path).because(reason),
            }
        }
        CaseMove::Approved => entry("VettingCaseApproved"),
        CaseMove::Rejected => entry("VettingCaseRejected").because(case.state.reason().unwrap_or_default()),
        CaseMove::Expired => entry("VettingCaseExpired"),
        CaseMove::Updated => entry("VettingCaseUpdated").changing(["revision", "checks"]),
        CaseMove::Left => entry("VettingCaseLeft"),
        CaseMove::Withdrawn => entry("VettingCaseWithdrawn"),
    }
}

/// Of no party: what the operator is told is not the applicant's to read.
fn alerted(alert: &Alert) -> Entry {
    let case = &alert.case;
    Entry::new("OperatorAlerted", case.organization.child(case.id)).because(alert.cause.as_str())
}

fn verification(event: &VerificationEvent) -> Entry {
    let verification = &event.verification;
    let kind = match event.what {
        VerificationMove::Issued(_) => "EmailVerificationIssued",
        VerificationMove::Withheld => "EmailVerificationWithheld",
        VerificationMove::Resent(_) => "EmailVerificationResent",
        VerificationMove::Reminded(_) => "EmailVerificationReminded",
        VerificationMove::Answered => "EmailVerificationAnswered",
        VerificationMove::CodeWrong => "EmailVerificationCodeWrong",
        VerificationMove::Locked => "EmailVerificationLocked",
        VerificationMove::Expired => "EmailVerificationExpired",
        VerificationMove::Superseded => "EmailVerificationSuperseded",
    };
    let entry = Entry::new(kind, verification.organization.child(verification.id))
        .moved(event.from, verification.state.as_str())
        .between([verification.organization]);
    match verification.state {
        EmailState::Denied { answers, .. } if answers.claim => entry.because("ADDRESS_DENIED"),
        EmailState::Denied { answers, .. } if answers.address => entry.because("CLAIM_DENIED"),
        EmailState::Denied { .. } => entry.because("BOTH_DENIED"),
        _ => entry,
    }
}
