//! Mail about agreements, from the directory, and for sign-in.

use runtime::{Effect, Links, ServiceName};
use wire::notification::{Recipient, SendMessageRequest};
use wire::types::Variable;

use crate::domain::enquiry::Enquiry;
use crate::domain::reminder::{Addressee, AgreementReminder, Stage};
use crate::domain::sign_in_code::Mailed;
use crate::link;

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

/// To whoever asked to sign in with this address.
pub(super) fn sign_in(mailed: &Mailed) -> Effect {
    let seed = Links::seed(link::bond(&mailed.code), true);
    let variables =
        vec![Variable::seed("confirm_code", seed), Variable::text("expire_date", mailed.code.expires.to_rfc3339())];
    let to = Addressee { address: mailed.address.clone(), name: String::new(), language: mailed.language.clone() };
    send("sign-in-code", &[to], String::new(), variables)
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
