//! What each event causes elsewhere: the whole list.

use addresses::Email;
use runtime::convert::timestamp;
use runtime::{Effect, Links, ServiceName};
use wire::enrollment::{RecordVerificationRequest, VerificationCheck};
use wire::notification::{Recipient, SendMessageRequest};
use wire::types::Variable;

use crate::domain::{
    Alert, AlertCause, CaseMove, CheckKind, EmailVerification, Event, Letter, Purpose, VerificationMove, VettingCase,
};
use crate::link::bond;

/// The calls that an event causes.
pub(crate) fn of(event: &Event) -> Vec<Effect> {
    match event {
        Event::Case(event) => {
            let mut effects = vec![Effect::tell(ServiceName::Enrollment, record_verification(&event.case))];
            effects.extend(match event.what {
                CaseMove::Asked => Some(mail(inquire(&event.case, false))),
                CaseMove::Reminded => Some(mail(inquire(&event.case, true))),
                _ => None,
            });
            effects
        }
        Event::Verification(event) => match &event.what {
            VerificationMove::Issued(letter) | VerificationMove::Resent(letter) => {
                vec![mail(send_message(letter, &event.verification))]
            }
            VerificationMove::Reminded(letter) => vec![mail(remind(letter, &event.verification))],
            VerificationMove::Withheld
            | VerificationMove::Answered
            | VerificationMove::CodeWrong
            | VerificationMove::Locked
            | VerificationMove::Expired
            | VerificationMove::Superseded => Vec::new(),
        },
        Event::Alert(alert) => vec![mail(alarm(alert))],
        Event::Noted(_) | Event::EvidenceReceived(_) => Vec::new(),
    }
}

fn mail(message: SendMessageRequest) -> Effect {
    Effect::tell(ServiceName::Notification, message).unordered()
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
        appeal_spent: case.is_final(case.updated),
        explanation: case.state.explanation().unwrap_or_default().to_owned(),
        appeal_by_time: case.appeal_by(case.updated).map(timestamp),
        due_time: case.state.due().map(timestamp),
    }
}

fn check(case: &VettingCase, kind: CheckKind) -> VerificationCheck {
    let (check, now) = (case.checks.get(kind), case.updated);
    VerificationCheck {
        check: kind.as_str().to_owned(),
        status: check.status.as_str().to_owned(),
        reason: check.status.reason().unwrap_or_default().to_owned(),
        since_time: Some(timestamp(check.since)),
        due_time: case.deadline(kind, now).or_else(|| case.expected(kind, now)).map(timestamp),
        waits_for: case.waits_for(kind, now).as_str().to_owned(),
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
        recipients: vec![reader(&recipient.email, &recipient.name, letter.language.as_str())],
        reply_to: String::new(),
        variables,
    }
}

/// The same link and code once more, before their time is over.
fn remind(letter: &Letter, verification: &EmailVerification) -> SendMessageRequest {
    let mut message = send_message(letter, verification);
    message.variables.retain(|variable| variable.name != "applicant");
    SendMessageRequest { kind: "verification-reminder".to_owned(), ..message }
}

/// To who applied and to the contact, each once: what is asked stands with the case, not in a mail.
fn inquire(case: &VettingCase, again: bool) -> SendMessageRequest {
    let subject = &case.subject;
    let language = subject.language.as_str();
    let mut recipients = vec![reader(&subject.contact.email, &subject.contact.name, language)];
    if subject.applicant_email.mailbox() != subject.contact.email.mailbox() {
        recipients.push(reader(
            &subject.applicant_email,
            subject.applicant_name.as_deref().unwrap_or_default(),
            language,
        ));
    }
    let due = case.state.due().unwrap_or(case.updated);
    SendMessageRequest {
        origin: None,
        kind: "information-requested".to_owned(),
        recipients,
        reply_to: String::new(),
        variables: vec![
            Variable::text("company", &subject.legal_name),
            Variable::text("count", case.open_questions().len().to_string()),
            Variable::text("expire_date", due.to_rfc3339()),
            Variable::text("again", if again { "yes" } else { "no" }),
        ],
    }
}

/// To the operator, who knows the programme's language: English.
fn alarm(alert: &Alert) -> SendMessageRequest {
    let case = &alert.case;
    let mut variables = vec![
        Variable::text("company", &case.subject.legal_name),
        Variable::text("case", case.organization.child(case.id)),
    ];
    let kind = match alert.cause {
        AlertCause::NotUs => "contact-denied",
        AlertCause::ApproverDenied => {
            variables.push(Variable::text("applicant", case.subject.applicant()));
            "approver-denied"
        }
        AlertCause::ReviewLate => {
            let due = case.state.due().unwrap_or(case.updated);
            variables.push(Variable::text("expire_date", due.to_rfc3339()));
            "review-overdue"
        }
    };
    SendMessageRequest {
        origin: None,
        kind: kind.to_owned(),
        recipients: vec![reader(&alert.to, "", "en")],
        reply_to: String::new(),
        variables,
    }
}

fn reader(email: &Email, name: &str, language: &str) -> Recipient {
    Recipient { email: email.clone().into(), display_name: name.to_owned(), language_code: language.to_owned() }
}

#[cfg(test)]
mod tests;
