//! Queues a message for each recipient who was not told of this event before.

use std::collections::BTreeMap;

use addresses::Email;
use database::Scope;
use ids::EventId;
use runtime::{Caller, Fault, Inbox, Outcome, Violations};
use wire::notification as pb;

use crate::domain::{Cause, Contents, Kind, Message, State, To};
use crate::rpc::variables;
use crate::{App, Change, store};

const MOST_RECIPIENTS: usize = 20;
/// The longest name for the greeting.
const NAME: usize = 120;

/// A message asked for, understood.
#[derive(Debug)]
struct Asked {
    cause: Cause,
    kind: Kind,
    recipients: Vec<Recipient>,
    reply_to: String,
    variables: BTreeMap<String, String>,
}

#[derive(Debug)]
struct Recipient {
    address: Email,
    display_name: String,
    language: String,
}

pub(crate) async fn send_message(
    app: &App,
    caller: &Caller,
    request: pb::SendMessageRequest,
) -> Result<pb::SendMessageResponse, Fault> {
    let mut asked = parse(&request)?;
    // The call's own span: what is queued goes on from it.
    asked.cause.trace = caller.trace_parent.clone();
    let asked = &asked;
    app.receive(caller, &request, Inbox::Each, move |change: Change| async move {
        let mut events = Vec::new();
        for recipient in &asked.recipients {
            let message = message(app, &change, asked, recipient);
            if store::message::insert(&change.tx, Scope::Peer, &message).await? {
                events.push(message.queued());
            }
        }
        Ok(Outcome::Done(pb::SendMessageResponse {}, events))
    })
    .await
}

fn message(app: &App, change: &Change, asked: &Asked, recipient: &Recipient) -> Message {
    let address = &recipient.address;
    let to = To {
        mailbox: app.links().blind("mailbox", address.as_str()),
        hint: address.hint(),
        domain: address.domain().to_owned(),
    };
    let contents = Contents {
        address: address.as_str().to_owned(),
        display_name: recipient.display_name.clone(),
        reply_to: asked.reply_to.clone(),
        variables: asked.variables.clone(),
    };
    Message {
        id: change.id(),
        cause: asked.cause.clone(),
        kind: asked.kind,
        language: recipient.language.clone(),
        to,
        state: State::Queued { due: change.now(), contents },
        attempts: 0,
        last_error: None,
        create_time: change.now(),
        version: 1,
    }
}

fn parse(request: &pb::SendMessageRequest) -> Result<Asked, Fault> {
    let mut violations = Violations::of(request);
    let v = &mut violations;
    let cause = cause(v, request);
    let kind = variables::kind(v, &request.kind);
    let recipients = recipients(v, &request.recipients);
    let reply_to = if request.reply_to.is_empty() {
        Some(String::new())
    } else {
        v.email("reply_to", &request.reply_to).map(String::from)
    };
    let variables = variables::variables(v, kind, BTreeMap::new(), &request.variables);
    let (cause, kind, recipients, reply_to, variables) =
        violations.all((cause, kind, recipients, reply_to, variables))?;
    Ok(Asked { cause, kind, recipients, reply_to, variables })
}

/// Only what makes the message one; the rest of the origin is the runtime's to check.
fn cause(v: &mut Violations, request: &pb::SendMessageRequest) -> Option<Cause> {
    let origin = request.origin.as_ref();
    let origin = v.check("origin", origin.ok_or("is required"))?;
    let event = v.check("origin.event_id", origin.event_id.parse::<EventId>())?;
    let (source, subject) = (origin.source.clone(), origin.subject.clone());
    Some(Cause { source, event, subject, subject_version: origin.version, trace: None })
}

fn recipients(v: &mut Violations, recipients: &[pb::Recipient]) -> Option<Vec<Recipient>> {
    if recipients.is_empty() || recipients.len() > MOST_RECIPIENTS {
        v.add("recipients", format!("must be 1 to {MOST_RECIPIENTS}"));
        return None;
    }
    // Each is looked at before any is missed, so that all that is wrong is told.
    let parsed: Vec<_> = recipients.iter().enumerate().map(|(index, given)| recipient(v, index, given)).collect();
    parsed.into_iter().collect()
}

fn recipient(v: &mut Violations, index: usize, given: &pb::Recipient) -> Option<Recipient> {
    let field = |name| format!("recipients[{index}].{name}");
    let address = v.email(&field("email"), &given.email);
    let display_name = variables::line(v, &field("display_name"), &given.display_name, NAME);
    let language = variables::language(v, &field("language_code"), &given.language_code);
    Some(Recipient { address: address?, display_name: display_name?, language: language? })
}

#[cfg(test)]
mod tests;
