//! What each event causes elsewhere: mail to every party concerned. The whole list.

use chrono::{DateTime, Utc};
use ids::InvitationId;
use runtime::links::Bond;
use runtime::{Effect, Links, ServiceName};
use wire::notification::{Recipient, SendMessageRequest};
use wire::types::Variable;

use crate::LINK_PURPOSE;
use crate::domain::Event;
use crate::domain::event::{
    Ending, InvitationDeclined, InvitationMailed, InvitationReminded, PartnershipNames, RelationshipNames,
};
use crate::domain::invitation::Kind;
use crate::domain::organization::Addressee;

/// The calls that an event causes.
pub(crate) fn of(event: &Event) -> Vec<Effect> {
    match event {
        Event::InvitationCreated(e) | Event::InvitationResent(e) => invite(e),
        Event::InvitationReminded(e) => remind(e),
        Event::InvitationAccepted(e) => {
            let names =
                texts(&[("sender", &e.sender_name), ("recipient", &e.recipient_name), ("kind", e.kind.as_str())]);
            mail("invitation-accepted", &e.tell, names)
        }
        Event::InvitationDeclined(e) => decline(e),
        Event::InvitationRevoked(e) => {
            mail("invitation-revoked", &e.tell, texts(&[("sender", &e.sender_name), ("kind", e.kind.as_str())]))
        }
        Event::InvitationExpired(e) => {
            let hint = ("recipient_hint", e.recipient_hint.as_str());
            mail("invitation-expired", &e.tell, texts(&[("sender", &e.sender_name), hint, ("kind", e.kind.as_str())]))
        }
        Event::OrdersAllowedChanged(e) => {
            let allowed = ("allowed", if e.allowed { "yes" } else { "no" });
            let names = texts(&[("provider", &e.provider_name), ("reseller", &e.reseller_name), allowed]);
            mail("orders-allowed-changed", &e.tell, names)
        }
        Event::PartnershipSuspended(e) => mail("partnership-changed", &e.tell, moved(&e.names, "yes")),
        Event::PartnershipResumed(e) => mail("partnership-changed", &e.tell, moved(&e.names, "no")),
        Event::PartnershipEnded(e) => mail("partnership-ended", &e.tell, ended(&e.names)),
        Event::ResellerRelationshipSuspended(e) => {
            mail("relationship-changed", &e.tell, changed(&e.names, "SUSPENDED"))
        }
        Event::ResellerRelationshipResumed(e) => mail("relationship-changed", &e.tell, changed(&e.names, "ACTIVE")),
        Event::ResellerRelationshipEnded(e) => match &e.with {
            Ending::Partnership(names) => mail("partnership-ended", &e.tell, ended(names)),
            Ending::Itself(names) => mail("relationship-changed", &e.tell, changed(names, "ENDED")),
        },
        Event::AdminGrantReminded(e) => {
            let mut variables = texts(&[("grantor", &e.grantor_name), ("grantee", &e.grantee_name)]);
            variables.push(until(e.expire_time));
            mail("administration-ending", &e.tell, variables)
        }
        Event::AdminGrantEnded(e) => {
            let names = texts(&[("grantor", &e.grantor_name), ("grantee", &e.grantee_name)]);
            mail("administration-ended", &e.tell, names)
        }
        // The acceptance that brought these tells of them.
        Event::PartnershipCreated(_)
        | Event::ResellerRelationshipCreated(_)
        | Event::AdminGrantCreated(_)
        | Event::CustomerAgreementAccepted(_) => Vec::new(),
    }
}

fn invite(event: &InvitationMailed) -> Vec<Effect> {
    let mut variables = vec![
        Variable::text("sender", &event.sender_name),
        Variable::text("message", &event.message),
        link(event.invitation, event.generation, &event.nonce),
        until(event.expire_time),
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

fn remind(event: &InvitationReminded) -> Vec<Effect> {
    let variables = vec![
        Variable::text("sender", &event.sender_name),
        Variable::text("kind", event.kind.as_str()),
        link(event.invitation, event.generation, &event.nonce),
        until(event.expire_time),
    ];
    mail("invitation-reminder", std::slice::from_ref(&event.recipient), variables)
}

fn decline(event: &InvitationDeclined) -> Vec<Effect> {
    let variables = texts(&[
        ("sender", &event.sender_name),
        ("recipient_hint", &event.recipient_hint),
        ("kind", event.kind.as_str()),
        ("reason", event.reason.as_str()),
        ("message", &event.message),
    ]);
    mail("invitation-declined", &event.tell, variables)
}

fn texts(pairs: &[(&str, &str)]) -> Vec<Variable> {
    pairs.iter().map(|(name, text)| Variable::text(name, *text)).collect()
}

fn link(invitation: InvitationId, generation: i64, nonce: &str) -> Variable {
    let bond = Bond { purpose: LINK_PURPOSE, id: invitation.uuid(), generation, nonce };
    Variable::seed("accept_link", Links::seed(bond, false))
}

fn until(time: DateTime<Utc>) -> Variable {
    Variable::text("expire_date", time.to_rfc3339())
}

fn moved(names: &PartnershipNames, suspended: &str) -> Vec<Variable> {
    let PartnershipNames { provider, reseller, by } = names;
    texts(&[("provider", provider), ("reseller", reseller), ("suspended", suspended), ("by", by)])
}

fn ended(names: &PartnershipNames) -> Vec<Variable> {
    texts(&[("provider", &names.provider), ("reseller", &names.reseller), ("ended_by", &names.by)])
}

fn changed(names: &RelationshipNames, state: &str) -> Vec<Variable> {
    let RelationshipNames { partner, customer, by } = names;
    texts(&[("partner", partner), ("customer", customer), ("change", state), ("by", by)])
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
