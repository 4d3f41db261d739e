//! What each event causes elsewhere: mail to every party concerned. The whole list.

use runtime::links::Bond;
use runtime::{Effect, Fault, Links, ServiceName};
use wire::notification::{Recipient, SendMessageRequest};
use wire::types::{Variable, variable::Value};

use crate::LINK_PURPOSE;
use crate::domain::Event;
use crate::domain::event::{EndedNames, InvitationCreated};
use crate::domain::invitation::Kind;
use crate::domain::organization::Addressee;

const SEND_MESSAGE: &str = "/linkage.notification.v1.NotificationPeerService/SendMessage";

/// The calls that an event causes.
pub(crate) fn effects(event: &Event) -> Vec<Effect> {
    match event {
        Event::InvitationCreated(event) => invite(event),
        Event::InvitationAccepted(event) => mail(
            "invitation-accepted",
            &event.tell,
            vec![
                text("sender", &event.sender_name),
                text("recipient", &event.recipient_name),
                text("kind", event.kind.as_str()),
            ],
        ),
        Event::InvitationExpired(event) => mail(
            "invitation-expired",
            &event.tell,
            vec![
                text("sender", &event.sender_name),
                text("recipient_hint", &event.recipient_hint),
                text("kind", event.kind.as_str()),
            ],
        ),
        Event::OrdersAllowedChanged(event) => mail(
            "orders-allowed-changed",
            &event.tell,
            vec![
                text("provider", &event.provider_name),
                text("reseller", &event.reseller_name),
                text("allowed", if event.allowed { "yes" } else { "no" }),
            ],
        ),
        Event::PartnershipEnded(event) => mail("partnership-ended", &event.tell, ended(&event.names)),
        Event::ResellerRelationshipEnded(event) => mail("partnership-ended", &event.tell, ended(&event.names)),
        Event::AdminGrantEnded(event) => mail(
            "administration-ended",
            &event.tell,
            vec![text("grantor", &event.grantor_name), text("grantee", &event.grantee_name)],
        ),
        // The acceptance that brought these tells of them.
        Event::PartnershipCreated(_)
        | Event::ResellerRelationshipCreated(_)
        | Event::AdminGrantCreated(_)
        | Event::CustomerAgreementAccepted(_) => Vec::new(),
    }
}

/// Links take the place of their seeds.
pub(crate) fn seal(links: &Links, method: &str, payload: Vec<u8>) -> Result<Vec<u8>, Fault> {
    if method == SEND_MESSAGE {
        links.seal(&payload, |message: &mut SendMessageRequest| &mut message.variables)
    } else {
        Ok(payload)
    }
}

fn invite(event: &InvitationCreated) -> Vec<Effect> {
    let bond =
        Bond { purpose: LINK_PURPOSE, id: event.invitation.uuid(), generation: event.generation, nonce: &event.nonce };
    let link = Variable { name: "accept_link".to_owned(), value: Some(Value::Seed(Links::seed(bond, false))) };
    let mut variables = vec![
        text("sender", &event.sender_name),
        text("message", &event.message),
        link,
        text("expire_date", &event.expire_time.to_rfc3339()),
    ];
    let kind = match event.kind {
        Kind::Partnership => {
            variables.push(text("recipient_name", &event.recipient.name));
            "partnership-invitation"
        }
        Kind::Customer => {
            variables.push(text("provider", &event.provider_name));
            variables.push(text("reseller", &event.reseller_name));
            "customer-invitation"
        }
    };
    send(kind, std::slice::from_ref(&event.recipient), event.reply_to.clone(), variables)
}

fn ended(names: &EndedNames) -> Vec<Variable> {
    vec![text("provider", &names.provider), text("reseller", &names.reseller), text("ended_by", &names.ended_by)]
}

fn mail(kind: &'static str, to: &[Addressee], variables: Vec<Variable>) -> Vec<Effect> {
    send(kind, to, String::new(), variables)
}

fn send(kind: &'static str, to: &[Addressee], reply_to: String, variables: Vec<Variable>) -> Vec<Effect> {
    if to.is_empty() {
        return Vec::new();
    }
    let recipients: Vec<_> = to
        .iter()
        .map(|addressee| Recipient {
            email: addressee.email.clone(),
            display_name: addressee.name.clone(),
            language_code: addressee.language.clone(),
        })
        .collect();
    let mail = Effect::call(ServiceName::Notification, SEND_MESSAGE, move |origin| SendMessageRequest {
        origin: Some(origin),
        kind: kind.to_owned(),
        recipients: recipients.clone(),
        reply_to: reply_to.clone(),
        variables: variables.clone(),
    });
    vec![mail.unordered()]
}

fn text(name: &str, value: &str) -> Variable {
    Variable { name: name.to_owned(), value: Some(Value::Text(value.to_owned())) }
}
