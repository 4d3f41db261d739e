//! What the journal keeps of each event: that it happened and between whom, never an address or a name.

use runtime::Entry;

use crate::domain::Event;

const PENDING: &str = "PENDING";
const ACTIVE: &str = "ACTIVE";

impl runtime::Event for Event {
    fn entry(&self) -> Entry {
        match self {
            Event::InvitationCreated(event) => Entry::new("InvitationCreated", event.invitation.name())
                .moved(None, PENDING)
                .because(event.kind.as_str())
                .between(event.parties.clone()),
            Event::InvitationAccepted(event) => Entry::new("InvitationAccepted", event.invitation.name())
                .moved(Some(PENDING), "ACCEPTED")
                .because(event.kind.as_str())
                .between(event.parties.clone()),
            Event::InvitationExpired(event) => Entry::new("InvitationExpired", event.invitation.name())
                .moved(Some(PENDING), "EXPIRED")
                .because(event.kind.as_str())
                .between(event.parties.clone()),
            Event::PartnershipCreated(event) => Entry::new("PartnershipCreated", event.partnership.name())
                .moved(None, ACTIVE)
                .between(event.parties.clone()),
            Event::OrdersAllowedChanged(event) => Entry::new("OrdersAllowedChanged", event.partnership.name())
                .because(if event.allowed { "ALLOWED" } else { "NOT_ALLOWED" })
                .changing(["orders_allowed"])
                .between(event.parties.clone()),
            Event::PartnershipEnded(event) => Entry::new("PartnershipEnded", event.partnership.name())
                .moved(Some(event.from.as_str()), "ENDED")
                .between(event.parties.clone()),
            Event::ResellerRelationshipCreated(event) => {
                Entry::new("ResellerRelationshipCreated", event.relationship.name())
                    .moved(None, ACTIVE)
                    .between(event.parties.clone())
            }
            Event::ResellerRelationshipEnded(event) => {
                Entry::new("ResellerRelationshipEnded", event.relationship.name())
                    .moved(Some(event.from.as_str()), "ENDED")
                    .because("PARTNERSHIP_ENDED")
                    .between(event.parties.clone())
            }
            Event::AdminGrantCreated(event) => {
                Entry::new("AdminGrantCreated", event.grant.name()).moved(None, ACTIVE).between(event.parties.clone())
            }
            Event::AdminGrantEnded(event) => {
                let entry = Entry::new("AdminGrantEnded", event.grant.name())
                    .moved(Some(ACTIVE), event.to.as_str())
                    .between(event.parties.clone());
                event.reason.map_or(entry.clone(), |reason| entry.because(reason))
            }
            Event::CustomerAgreementAccepted(event) => {
                Entry::new("CustomerAgreementAccepted", event.customer.singleton("customerAgreement"))
                    .because(event.version.clone())
                    .between(event.parties.clone())
            }
        }
    }
}
