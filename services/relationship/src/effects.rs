//! What each event causes elsewhere: mail to every party concerned. The whole list.

use runtime::links::Bond;
use runtime::{Effect, Links, ServiceName};
use wire::notification::{Recipient, SendMessageRequest};
use wire::types::Variable;

use crate::LINK_PURPOSE;
use crate::domain::Event;
use crate::domain::event::{EndedNames, InvitationCreated};
use crate::domain::invitation::Kind;
use crate::domain::organization::Addressee;

/// The calls that an event causes.
pub(crate) fn of(event: &Event) -> Vec<Effect> {
    match event {
        Event::InvitationCreated(event) => invite(event),
        Event::InvitationAccepted(event) => mail(
            "invitation-accepted",
            &event.tell,
            vec![
                Variable::text("sender", &event.sender_name),
                Variable::text("recipient", &event.recipient_name),
                Variable::text("kind", event.kind.as_str()),
            ],
        ),
        Event::InvitationExpired(event) => mail(
            "invitation-expired",
            &event.tell,
            vec![
                Variable::text("sender", &event.sender_name),
                Variable::text("recipient_hint", &event.recipient_hint),
                Variable::text("kind", event.kind.as_str()),
            ],
        ),
        Event::OrdersAllowedChanged(event) => mail(
            "orders-allowed-changed",
            &event.tell,
            vec![
                Variable::text("provider", &event.provider_name),
                Variable::text("reseller", &event.reseller_name),
                Variable::text("allowed", if event.allowed { "yes" } else { "no" }),
            ],
        ),
        Event::PartnershipEnded(event) => mail("partnership-ended", &event.tell, ended(&event.names)),
        Event::ResellerRelationshipEnded(event) => mail("partnership-ended", &event.tell, ended(&event.names)),
        Event::AdminGrantEnded(event) => mail(
            "administration-ended",
            &event.tell,
            vec![Variable::text("grantor", &event.grantor_name), Variable::text("grantee", &event.grantee_name)],
        ),
        // The acceptance that brought these tells of them.
        Event::PartnershipCreated(_)
        | Event::ResellerRelationshipCreated(_)
        | Event::AdminGrantCreated(_)
        | Event::CustomerAgreementAccepted(_) => Vec::new(),
    }
}

fn invite(event: &InvitationCreated) -> Vec<Effect> {
    let bond =
        Bond { purpose: LINK_PURPOSE, id: event.invitation.uuid(), generation: event.generation, nonce: &event.nonce };
    let link = Variable::seed("accept_link", Links::seed(bond, false));
    let mut variables = vec![
        Variable::text("sender", &event.sender_name),
        Variable::text("message", &event.message),
        link,
        Variable::text("expire_date", event.expire_time.to_rfc3339()),
    ];
    let kind = match event.kind {
        Kind::Partnership => {
            variables.push(Variable::text("recipient_name", &event.recipient.name));
            "partnership-invitation"
        }
        Kind::Customer => {
            variables.push(Variable::text("provider", &event.provider_name));
            variables.push(Variable::text("reseller", &event.reseller_name));
            "customer-invitation"
        }
    };
    send(kind, std::slice::from_ref(&event.recipient), event.reply_to.clone(), variables)
}

fn ended(names: &EndedNames) -> Vec<Variable> {
    vec![
        Variable::text("provider", &names.provider),
        Variable::text("reseller", &names.reseller),
        Variable::text("ended_by", &names.ended_by),
    ]
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
            email: addressee.email.clone().into(),
            display_name: addressee.name.clone(),
            language_code: addressee.language.to_string(),
        })
        .collect();
    let message = SendMessageRequest { origin: None, kind: kind.to_owned(), recipients, reply_to, variables };
    vec![Effect::tell(ServiceName::Notification, message).unordered()]
}
