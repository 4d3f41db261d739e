//! What each event causes elsewhere: the whole list.

use runtime::convert::timestamp;
use runtime::{Effect, Links, ServiceName};
use wire::enrollment::{RecordVerificationRequest, VerificationCheck};
use wire::notification::{Recipient, SendMessageRequest};
use wire::types::Variable;

use crate::domain::{CheckKind, EmailVerification, Event, Letter, Purpose, VerificationMove, VettingCase};
use crate::link::bond;

/// The calls that an event causes.
pub(crate) fn of(event: &Event) -> Vec<Effect> {
    match event {
        Event::Case(event) => {
            vec![Effect::tell(ServiceName::Enrollment, record_verification(&event.case))]
        }
        Event::Verification(event) => match &event.what {
            VerificationMove::Issued(letter) => {
                vec![Effect::tell(ServiceName::Notification, send_message(letter, &event.verification)).unordered()]
            }
            VerificationMove::Answered
            | VerificationMove::CodeWrong
            | VerificationMove::Locked
            | VerificationMove::Expired
            | VerificationMove::Superseded => Vec::new(),
        },
    }
}

fn record_verification(case: &VettingCase) -> RecordVerificationRequest {
    RecordVerificationRequest {
        origin: None,
        organization: case.organization.name(),
        vetting_case: case.organization.child(case.id),
        case_state: case.state.as_str().to_owned(),
        reason: case.state.reason().unwrap_or_default().to_owned(),
        revision: case.subject.revision,
        checks: CheckKind::ALL.into_iter().map(|kind| check(case, kind)).collect(),
        // No case is appealed yet, so none has spent its appeal.
        appeal_spent: false,
    }
}

fn check(case: &VettingCase, kind: CheckKind) -> VerificationCheck {
    let check = case.checks.get(kind);
    VerificationCheck {
        check: kind.as_str().to_owned(),
        status: check.status.as_str().to_owned(),
        reason: check.status.reason().unwrap_or_default().to_owned(),
        since_time: Some(timestamp(check.since)),
        due_time: check.status.due().map(timestamp),
    }
}

fn send_message(letter: &Letter, verification: &EmailVerification) -> SendMessageRequest {
    let seed = |name: &str, code| Variable::seed(name, Links::seed(bond(verification), code));
    let recipient = &verification.recipient;
    let mut variables = vec![
        Variable::text("recipient_name", &recipient.name),
        Variable::text("company", &letter.company),
        seed("confirm_link", false),
        seed("confirm_code", true),
        Variable::text("expire_date", verification.expires.to_rfc3339()),
    ];
    let kind = match verification.purpose {
        Purpose::Contact => "email-verification",
        Purpose::Approver => {
            variables.push(Variable::text("applicant", &letter.applicant));
            "approver-verification"
        }
    };
    SendMessageRequest {
        origin: None,
        kind: kind.to_owned(),
        recipients: vec![Recipient {
            email: recipient.email.clone().into(),
            display_name: recipient.name.clone(),
            language_code: letter.language.to_string(),
        }],
        reply_to: String::new(),
        variables,
    }
}

#[cfg(test)]
mod tests;
