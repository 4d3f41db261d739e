//! Mails on the wire, and names of mailboxes from it.

use addresses::Email;
use ids::MailboxMessageId;
use runtime::{Fault, Reason, Violations, convert};
use tonic::Code;
use wire::notification as pb;

use crate::App;
use crate::domain::{Kind, Mail, Message, State};
use crate::store::mailbox_message::Filter;

/// There are mailboxes to read only where mail goes nowhere else.
pub(super) fn simulated(app: &App) -> Result<(), Fault> {
    if app.service().transport().is_simulated() {
        return Ok(());
    }
    let sentence =
        "mail goes to real mailboxes here, which nobody reads for their owners: MessageService tells what became of it";
    Err(Fault::new(Code::Unimplemented, Reason::MethodUnknown, sentence))
}

/// The longest text to look for.
const QUERY: usize = 100;

/// A mail as it is shown.
pub(super) fn mailbox_message(mail: Mail) -> pb::MailboxMessage {
    pb::MailboxMessage {
        name: format!("mailboxes/{}/{}", mail.letter.address, mail.id.name()),
        uid: mail.id.to_string(),
        kind: mail.kind.name().to_owned(),
        to: mail.letter.to(),
        language_code: mail.letter.language,
        from: mail.letter.from,
        reply_to: mail.letter.reply_to,
        subject: mail.letter.subject,
        text: mail.letter.text,
        html: mail.letter.html,
        links: mail.letter.links.into_iter().collect(),
        create_time: Some(convert::timestamp(mail.create_time)),
        source: String::new(),
        message: mail.message.name(),
    }
}

/// A message as it is shown.
pub(super) fn message(message: &Message) -> pb::Message {
    let (due, end) = match &message.state {
        State::Queued { due: at, .. } | State::Sending { until: at, .. } => (Some(*at), None),
        State::Sent { at } | State::Bounced { at } | State::Parked { at, .. } | State::Dropped { at } => {
            (None, Some(*at))
        }
    };
    let state = pb::message::State::from_str_name(&format!("STATE_{}", message.state.name()));
    pb::Message {
        name: message.id.name(),
        uid: message.id.to_string(),
        kind: message.kind.name().to_owned(),
        state: state.unwrap_or_default().into(),
        recipient_hint: message.to.hint.clone(),
        language_code: message.language.clone(),
        source: message.cause.source.clone(),
        cause: message.cause.event.name(),
        subject: message.cause.subject.clone(),
        attempts: i32::try_from(message.attempts).unwrap_or(i32::MAX),
        last_error: message.last_error.clone().unwrap_or_default(),
        due_time: due.map(convert::timestamp),
        end_time: end.map(convert::timestamp),
        create_time: Some(convert::timestamp(message.create_time)),
    }
}

/// Only what is parked is the operator's to deal with.
pub(super) fn not_parked(message: &Message) -> Fault {
    Fault::state_forbids(message.state.name(), &["PARKED"])
}

/// `mailboxes/{address}`, which gives the address in its one spelling, or `mailboxes/-`, which gives `Some(None)`.
pub(super) fn mailbox(violations: &mut Violations, field: &str, name: &str) -> Option<Option<String>> {
    if name == "mailboxes/-" {
        return Some(None);
    }
    let address = name.strip_prefix("mailboxes/").and_then(|address| Email::parse(address).ok());
    let parsed = address.ok_or("expected a name like `mailboxes/{address}`, or `mailboxes/-` for all");
    violations.check(field, parsed).map(|address| Some(address.into()))
}

/// Which mails are asked for.
pub(super) fn filter(violations: &mut Violations, parent: &str, kind: &str, query: &str) -> Option<Filter> {
    let mailbox = mailbox(violations, "parent", parent);
    let kind = match kind {
        "" => Some(None),
        name => violations.check("kind", Kind::parse(name).map(Some).ok_or("is not a kind of message")),
    };
    let query = violations.optional_text("query", query, QUERY);
    Some(Filter { mailbox: mailbox?, kind: kind?, query: query? })
}

/// `mailboxes/{address}/messages/{id}`. An address may hold slashes, an id may not.
pub(super) fn mail_name(violations: &mut Violations, field: &str, name: &str) -> Option<(String, MailboxMessageId)> {
    let parts = name.strip_prefix("mailboxes/").and_then(|rest| rest.rsplit_once("/messages/"));
    let parsed = parts.and_then(|(address, id)| Some((Email::parse(address).ok()?.into(), id.parse().ok()?)));
    violations.check(field, parsed.ok_or("expected a name like `mailboxes/{address}/messages/{id}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_named_by_its_address_in_any_case() {
        let parse = |name| mailbox(&mut Violations::default(), "parent", name);
        assert_eq!(parse("mailboxes/-"), Some(None));
        assert_eq!(parse("mailboxes/Ada@Example.com"), Some(Some("ada@example.com".to_owned())));
        for bad in ["", "-", "mailboxes/", "mailboxes/ada", "Mailboxes/a@b.com", "mailboxes/a@b.com, c@b.com"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_mail_is_named_under_its_mailbox() {
        let parse = |name: &str| mail_name(&mut Violations::default(), "name", name);
        let id = MailboxMessageId::from_uuid(ids::RawId::from_u128(7));
        for address in ["ada@example.com", "a/messages/b@example.com"] {
            let name = format!("mailboxes/{address}/{}", id.name());
            assert_eq!(parse(&name), Some((address.to_owned(), id)));
        }
        for bad in ["", "mailboxes/-/messages/x", "mailboxes/ada@example.com", "mailboxes/ada@example.com/messages/x"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
