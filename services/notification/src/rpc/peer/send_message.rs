//! Queues a message for each recipient who was not told of this event before.

use std::collections::{BTreeMap, BTreeSet};

use addresses::Email;
use database::Scope;
use ids::EventId;
use runtime::unseen::has_unseen;
use runtime::{Caller, Change, Fault, Inbox, Outcome, Violations};
use wire::notification as pb;
use wire::types::{Variable, variable};

use crate::domain::variables::Flaw;
use crate::domain::{Cause, Contents, Kind, Message, State, Variables};
use crate::{App, Notification, render, store};

const MOST_RECIPIENTS: usize = 20;
const MOST_VARIABLES: usize = 40;

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
    let asked = &parse(&request)?;
    app.receive(caller, &request, Inbox::Each, move |change: Change<Notification>| async move {
        let mut events = Vec::new();
        for recipient in &asked.recipients {
            let message = message(&change, asked, recipient);
            if store::message::insert(&change.tx, Scope::Peer, &message).await? {
                events.push(message.queued());
            }
        }
        Ok(Outcome::Done(pb::SendMessageResponse {}, events))
    })
    .await
}

fn message(change: &Change<Notification>, asked: &Asked, recipient: &Recipient) -> Message {
    let contents = Contents {
        display_name: recipient.display_name.clone(),
        reply_to: asked.reply_to.clone(),
        variables: asked.variables.clone(),
    };
    Message {
        id: change.id(),
        cause: asked.cause.clone(),
        kind: asked.kind,
        language: recipient.language.clone(),
        recipient: recipient.address.clone(),
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
    let kind = kind(v, &request.kind);
    let recipients = recipients(v, &request.recipients);
    let reply_to = if request.reply_to.is_empty() {
        Some(String::new())
    } else {
        v.email("reply_to", &request.reply_to).map(String::from)
    };
    let variables = variables(v, kind, &request.variables);
    let (cause, kind, recipients, reply_to, variables) =
        violations.all((cause, kind, recipients, reply_to, variables))?;
    Ok(Asked { cause, kind, recipients, reply_to, variables })
}

/// Only what makes the message one; the rest of the origin is the runtime's to check.
fn cause(v: &mut Violations, request: &pb::SendMessageRequest) -> Option<Cause> {
    let origin = request.origin.as_ref();
    let origin = v.check("origin", origin.ok_or("is required"))?;
    let event = v.check("origin.event_id", origin.event_id.parse::<EventId>())?;
    Some(Cause { source: origin.source.clone(), event })
}

fn kind(v: &mut Violations, name: &str) -> Option<Kind> {
    if name.is_empty() {
        v.add("kind", "is required");
        return None;
    }
    let kind = Kind::parse(name);
    if kind.is_none() {
        v.add_for(pb::Reason::KindUnknown, "kind", "is not a kind of message");
    }
    kind
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
    let display_name = line(v, &field("display_name"), &given.display_name, 120);
    let language = language(v, &field("language_code"), &given.language_code);
    Some(Recipient { address: address?, display_name: display_name?, language: language? })
}

/// The language we write in for someone who reads this one.
fn language(v: &mut Violations, field: &str, code: &str) -> Option<String> {
    if code.is_empty() {
        return Some(render::language(code));
    }
    v.language(field, code).map(|language| render::language(language.as_str()))
}

fn variables(v: &mut Violations, kind: Option<Kind>, given: &[Variable]) -> Option<BTreeMap<String, String>> {
    if given.len() > MOST_VARIABLES {
        v.add("variables", format!("must be at most {MOST_VARIABLES}"));
        return None;
    }
    let mut texts = BTreeMap::new();
    let mut wrong = BTreeSet::new();
    for (index, variable) in given.iter().enumerate() {
        match take(v, index, variable) {
            Some(text) if !texts.contains_key(&variable.name) => drop(texts.insert(variable.name.clone(), text)),
            Some(_) => v.add(format!("variables[{index}].name"), "was sent twice"),
            None => drop(wrong.insert(variable.name.as_str())),
        }
    }
    let flaws = kind.and_then(|kind| Variables::read(kind, &texts).err()).into_iter().flatten();
    // What was sent but could not be taken is not missing.
    for (name, flaw) in flaws.filter(|(name, _)| !wrong.contains(name)) {
        let field = format!("variables.{name}");
        match flaw {
            Flaw::Missing => v.add_for(pb::Reason::VariableMissing, field, flaw.to_string()),
            Flaw::Wrong(_) => v.add(field, flaw.to_string()),
        }
    }
    Some(texts)
}

fn take(v: &mut Violations, index: usize, variable: &Variable) -> Option<String> {
    let field = format!("variables[{index}]");
    let name = variable.name.as_str();
    if name.is_empty() || name.len() > 40 || !name.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
        v.add(format!("{field}.name"), "must have 1 to 40 lower-case letters and underscores");
        return None;
    }
    match &variable.value {
        Some(variable::Value::Text(text)) => line(v, &format!("{field}.text"), text, 1_000),
        Some(variable::Value::Seed(_)) => {
            v.add(format!("{field}.seed"), "never leaves its sender: send the link itself");
            None
        }
        None => {
            v.add(format!("{field}.value"), "is required");
            None
        }
    }
}

/// Text that may stand in a header: judged before it is trimmed, for a line break at the end is one too.
fn line(v: &mut Violations, field: &str, text: &str, most: usize) -> Option<String> {
    if has_unseen(text) {
        v.add(field, "must not contain control or invisible characters");
        return None;
    }
    v.optional_text(field, text, most).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests;
