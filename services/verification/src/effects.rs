//! What each event causes elsewhere: the whole list.

use runtime::convert::timestamp;
use runtime::{Effect, Fault, Links, ServiceName};
use wire::enrollment::{RecordVerificationRequest, VerificationCheck};
use wire::notification::{Recipient, SendMessageRequest};
use wire::types::{Origin, Variable, variable::Value};

use crate::domain::{CheckKind, EmailVerification, Event, Letter, Purpose, VerificationMove, VettingCase};
use crate::link::bond;

const RECORD_VERIFICATION: &str = "/linkage.enrollment.v1.EnrollmentPeerService/RecordVerification";
const SEND_MESSAGE: &str = "/linkage.notification.v1.NotificationPeerService/SendMessage";

/// The calls that an event causes.
pub(crate) fn effects(event: &Event) -> Vec<Effect> {
    match event {
        Event::Case(event) => {
            let case = event.case.clone();
            let record = move |origin| record_verification(origin, &case);
            vec![Effect::call(ServiceName::Enrollment, RECORD_VERIFICATION, record)]
        }
        Event::Verification(event) => match &event.what {
            VerificationMove::Issued(letter) => {
                let (letter, verification) = (letter.clone(), event.verification.clone());
                let send = move |origin| send_message(origin, &letter, &verification);
                vec![Effect::call(ServiceName::Notification, SEND_MESSAGE, send).unordered()]
            }
            VerificationMove::Answered
            | VerificationMove::CodeWrong
            | VerificationMove::Locked
            | VerificationMove::Expired => Vec::new(),
        },
    }
}

/// Links and codes take the place of their seeds.
pub(crate) fn seal(links: &Links, method: &str, payload: Vec<u8>) -> Result<Vec<u8>, Fault> {
    if method == SEND_MESSAGE {
        links.seal(&payload, |message: &mut SendMessageRequest| &mut message.variables)
    } else {
        Ok(payload)
    }
}

fn record_verification(origin: Origin, case: &VettingCase) -> RecordVerificationRequest {
    RecordVerificationRequest {
        origin: Some(origin),
        organization: case.organization.name(),
        vetting_case: case.organization.child(case.id),
        case_state: case.state.as_str().to_owned(),
        reason: case.state.reason().unwrap_or_default().to_owned(),
        revision: case.subject.revision,
        checks: CheckKind::ALL.into_iter().map(|kind| check(case, kind)).collect(),
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

fn send_message(origin: Origin, letter: &Letter, verification: &EmailVerification) -> SendMessageRequest {
    let text = |name: &str, text: &str| Variable { name: name.to_owned(), value: Some(Value::Text(text.to_owned())) };
    let seed = |name: &str, code| Variable {
        name: name.to_owned(),
        value: Some(Value::Seed(Links::seed(bond(verification), code))),
    };
    let recipient = &verification.recipient;
    let mut variables = vec![
        text("recipient_name", &recipient.name),
        text("company", &letter.company),
        seed("confirm_link", false),
        seed("confirm_code", true),
        text("expire_date", &verification.expires.to_rfc3339()),
    ];
    let kind = match verification.purpose {
        Purpose::Contact => "email-verification",
        Purpose::Approver => {
            variables.push(text("applicant", &letter.applicant));
            "approver-verification"
        }
    };
    SendMessageRequest {
        origin: Some(origin),
        kind: kind.to_owned(),
        recipients: vec![Recipient {
            email: recipient.email.clone(),
            display_name: recipient.name.clone(),
            language_code: letter.language.clone(),
        }],
        reply_to: String::new(),
        variables,
    }
}

#[cfg(test)]
mod tests;
