//! Mail about agreements and from the directory.

use runtime::{Effect, ServiceName};
use wire::notification::{Recipient, SendMessageRequest};
use wire::types::Variable;

use crate::domain::enquiry::Enquiry;
use crate::domain::reminder::{Addressee, AgreementReminder, Stage};

/// To all who can sign, or see to it.
pub(super) fn remind(reminder: &AgreementReminder) -> Effect {
    let due = &reminder.due;
    let overdue = if due.stage == Stage::Overdue { "yes" } else { "no" };
    let variables = vec![
        Variable::text("company", &reminder.company),
        Variable::text("version", due.version.to_string()),
        Variable::text("expire_date", due.by.to_rfc3339()),
        Variable::text("overdue", overdue),
    ];
    send("agreement-due", &reminder.recipients, String::new(), variables)
}

/// To the provider's sales contact; replies go to who asked.
pub(super) fn enquire(enquiry: &Enquiry) -> Effect {
    let variables = vec![
        Variable::text("company", &enquiry.company),
        Variable::text("sender", &enquiry.person),
        Variable::text("reply_address", &enquiry.reply_to),
        Variable::text("message", &enquiry.message),
    ];
    send("directory-enquiry", std::slice::from_ref(&enquiry.recipient), enquiry.reply_to.clone(), variables)
}

fn send(kind: &str, to: &[Addressee], reply_to: String, variables: Vec<Variable>) -> Effect {
    let recipients = to.iter().map(|addressee| Recipient {
        email: addressee.address.clone(),
        display_name: addressee.name.clone(),
        language_code: addressee.language.clone(),
    });
    let message = SendMessageRequest {
        origin: None,
        kind: kind.to_owned(),
        recipients: recipients.collect(),
        reply_to,
        variables,
    };
    Effect::tell(ServiceName::Notification, message).unordered()
}
