//! What the journal keeps of each event: that it happened and between whom, never an address or a name.

use ids::{Id, Kind, OrganizationId, kind};
use runtime::Entry;

use crate::domain::Event;
use crate::domain::event::Ending;

const PENDING: &str = "PENDING";
const ACTIVE: &str = "ACTIVE";
const SUSPENDED: &str = "SUSPENDED";
const ENDED: &str = "ENDED";

impl runtime::Event for Event {
    fn entry(&self) -> Entry {
        match self {
            Event::InvitationCreated(e) => {
                born("InvitationCreated", e.invitation, PENDING, &e.parties).because(e.kind.as_str())
            }
            Event::InvitationResent(e) => {
                of("InvitationResent", e.invitation, &e.parties).changing(["send_time", "resend_count"])
            }
            Event::InvitationReminded(e) => of("InvitationReminded", e.invitation, &e.parties),
            Event::InvitationAccepted(e) => {
                closed("InvitationAccepted", e.invitation, "ACCEPTED", &e.parties).because(e.kind.as_str())
            }
            Event::InvitationDeclined(e) => {
                closed("InvitationDeclined", e.invitation, "DECLINED", &e.parties).because(e.reason.as_str())
            }
            Event::InvitationRevoked(e) => {
                closed("InvitationRevoked", e.invitation, "REVOKED", &e.parties).because(e.kind.as_str())
            }
            Event::InvitationExpired(e) => {
                closed("InvitationExpired", e.invitation, "EXPIRED", &e.parties).because(e.kind.as_str())
            }
            Event::PartnershipCreated(e) => born("PartnershipCreated", e.partnership, ACTIVE, &e.parties),
            Event::OrdersAllowedChanged(e) => of("OrdersAllowedChanged", e.partnership, &e.parties)
                .because(if e.allowed { "ALLOWED" } else { "NOT_ALLOWED" })
                .changing(["orders_allowed"]),
            Event::PartnershipSuspended(e) => suspended("PartnershipSuspended", e.partnership, &e.parties),
            Event::PartnershipResumed(e) => resumed("PartnershipResumed", e.partnership, &e.parties),
            Event::PartnershipEnded(e) => {
                of("PartnershipEnded", e.partnership, &e.parties).moved(Some(e.from.as_str()), ENDED)
            }
            Event::ResellerRelationshipCreated(e) => {
                born("ResellerRelationshipCreated", e.relationship, ACTIVE, &e.parties)
            }
            Event::ResellerRelationshipSuspended(e) => {
                suspended("ResellerRelationshipSuspended", e.relationship, &e.parties)
            }
            Event::ResellerRelationshipResumed(e) => resumed("ResellerRelationshipResumed", e.relationship, &e.parties),
            Event::ResellerRelationshipEnded(e) => {
                let entry = of("ResellerRelationshipEnded", e.relationship, &e.parties);
                ended(entry.moved(Some(e.from.as_str()), ENDED), &e.with)
            }
            Event::AdminGrantCreated(e) => born("AdminGrantCreated", e.grant, ACTIVE, &e.parties),
            Event::AdminGrantReminded(e) => of("AdminGrantReminded", e.grant, &e.parties),
            Event::AdminGrantEnded(e) => {
                let entry = of("AdminGrantEnded", e.grant, &e.parties).moved(Some(ACTIVE), e.to.as_str());
                e.reason.map_or(entry.clone(), |reason| entry.because(reason))
            }
            Event::CustomerAgreementAccepted(e) => {
                Entry::new("CustomerAgreementAccepted", e.customer.singleton("customerAgreement"))
                    .because(e.version.clone())
                    .between(e.parties.clone())
            }
        }
    }
}

fn of<K: Kind>(what: &'static str, subject: Id<K>, parties: &[OrganizationId]) -> Entry {
    Entry::new(what, subject.name()).between(parties.iter().copied())
}

fn born<K: Kind>(what: &'static str, subject: Id<K>, state: &str, parties: &[OrganizationId]) -> Entry {
    of(what, subject, parties).moved(None, state)
}

fn closed(what: &'static str, subject: Id<kind::Invitation>, state: &str, parties: &[OrganizationId]) -> Entry {
    of(what, subject, parties).moved(Some(PENDING), state)
}

fn suspended<K: Kind>(what: &'static str, subject: Id<K>, parties: &[OrganizationId]) -> Entry {
    of(what, subject, parties).moved(Some(ACTIVE), SUSPENDED)
}

fn resumed<K: Kind>(what: &'static str, subject: Id<K>, parties: &[OrganizationId]) -> Entry {
    of(what, subject, parties).moved(Some(SUSPENDED), ACTIVE)
}

/// With its partnership, or for itself.
fn ended(entry: Entry, with: &Ending) -> Entry {
    match with {
        Ending::Partnership(_) => entry.because("PARTNERSHIP_ENDED"),
        Ending::Itself(_) => entry,
    }
}
