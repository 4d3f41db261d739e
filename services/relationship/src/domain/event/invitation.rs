//! What happens to invitations.

use chrono::{DateTime, Utc};
use ids::{InvitationId, OrganizationId};

use crate::domain::invitation::{DeclineReason, Invitation, Kind};
use crate::domain::offer::Offer;
use crate::domain::organization::{Addressee, Parties};

/// A mail with a link.
#[derive(Debug, Clone)]
pub struct InvitationMailed {
    pub(crate) invitation: InvitationId,
    pub(crate) kind: Kind,
    pub(crate) parties: Vec<OrganizationId>,
    pub(crate) recipient: Addressee,
    pub(crate) sender_name: String,
    pub(crate) provider_name: String,
    pub(crate) reseller_name: String,
    pub(crate) message: String,
    pub(crate) reply_to: String,
    pub(crate) generation: i64,
    pub(crate) nonce: String,
    pub(crate) expire_time: DateTime<Utc>,
}

/// A mail with the newest link once more.
#[derive(Debug, Clone)]
pub struct InvitationReminded {
    pub(crate) invitation: InvitationId,
    pub(crate) kind: Kind,
    pub(crate) parties: Vec<OrganizationId>,
    pub(crate) recipient: Addressee,
    pub(crate) sender_name: String,
    pub(crate) generation: i64,
    pub(crate) nonce: String,
    pub(crate) expire_time: DateTime<Utc>,
}

#[derive(Debug, Clone)]
pub struct InvitationAccepted {
    pub(crate) invitation: InvitationId,
    pub(crate) kind: Kind,
    pub(crate) parties: Vec<OrganizationId>,
    pub(crate) sender_name: String,
    pub(crate) recipient_name: String,
    pub(crate) tell: Vec<Addressee>,
}

#[derive(Debug, Clone)]
pub struct InvitationDeclined {
    pub(crate) invitation: InvitationId,
    pub(crate) kind: Kind,
    pub(crate) parties: Vec<OrganizationId>,
    pub(crate) sender_name: String,
    pub(crate) recipient_hint: String,
    pub(crate) reason: DeclineReason,
    pub(crate) message: String,
    pub(crate) tell: Vec<Addressee>,
}

#[derive(Debug, Clone)]
pub struct InvitationRevoked {
    pub(crate) invitation: InvitationId,
    pub(crate) kind: Kind,
    pub(crate) parties: Vec<OrganizationId>,
    pub(crate) sender_name: String,
    pub(crate) tell: Vec<Addressee>,
}

#[derive(Debug, Clone)]
pub struct InvitationExpired {
    pub(crate) invitation: InvitationId,
    pub(crate) kind: Kind,
    pub(crate) parties: Vec<OrganizationId>,
    pub(crate) sender_name: String,
    pub(crate) recipient_hint: String,
    pub(crate) tell: Vec<Addressee>,
}

impl Invitation {
    /// Where its mail goes.
    fn addressee(&self, parties: &Parties) -> Addressee {
        let name = self.recipient.map(|recipient| parties.name(recipient)).unwrap_or_default();
        Addressee { name, email: self.recipient_email.clone(), language: self.language.clone() }
    }

    /// Those who invite.
    fn inviting(&self) -> impl Iterator<Item = OrganizationId> {
        self.parties().into_iter().filter(|party| self.is_inviting(*party))
    }
}

impl InvitationMailed {
    /// Told to the recipient, who answers to `reply_to`.
    pub(crate) fn of(invitation: &Invitation, parties: &Parties, offer: &Offer, reply_to: &str) -> Box<Self> {
        Box::new(InvitationMailed {
            invitation: invitation.id,
            kind: invitation.kind,
            parties: invitation.parties(),
            recipient: invitation.addressee(parties),
            sender_name: offer.sender_name.clone(),
            provider_name: offer.provider_name.clone(),
            reseller_name: offer.reseller_name.clone(),
            message: invitation.message.clone(),
            reply_to: reply_to.to_owned(),
            generation: invitation.generation,
            nonce: invitation.nonce.clone(),
            expire_time: invitation.expire_time,
        })
    }
}

impl InvitationReminded {
    /// Told to the recipient.
    pub(crate) fn of(invitation: &Invitation, parties: &Parties) -> Box<Self> {
        Box::new(InvitationReminded {
            invitation: invitation.id,
            kind: invitation.kind,
            parties: invitation.parties(),
            recipient: invitation.addressee(parties),
            sender_name: parties.name(invitation.sender),
            generation: invitation.generation,
            nonce: invitation.nonce.clone(),
            expire_time: invitation.expire_time,
        })
    }
}

impl InvitationDeclined {
    /// Told to those who invited.
    pub(crate) fn of(invitation: &Invitation, parties: &Parties, (reason, message): (DeclineReason, &str)) -> Self {
        InvitationDeclined {
            invitation: invitation.id,
            kind: invitation.kind,
            parties: invitation.parties(),
            sender_name: parties.name(invitation.sender),
            recipient_hint: invitation.recipient_email.hint(),
            reason,
            message: message.to_owned(),
            tell: parties.addressees(invitation.inviting()),
        }
    }
}

impl InvitationRevoked {
    /// Told to the recipient, whose link opens nothing any more, and to those who invited.
    pub(crate) fn of(invitation: &Invitation, parties: &Parties) -> Self {
        let mut tell = parties.addressees(invitation.inviting());
        // Whoever invites its own address is told once.
        if tell.iter().all(|told| told.email != invitation.recipient_email) {
            tell.push(invitation.addressee(parties));
        }
        InvitationRevoked {
            invitation: invitation.id,
            kind: invitation.kind,
            parties: invitation.parties(),
            sender_name: parties.name(invitation.sender),
            tell,
        }
    }
}

impl InvitationExpired {
    /// Told to those who invited; whoever was invited has nothing to do any more.
    pub(crate) fn of(invitation: &Invitation, parties: &Parties) -> Self {
        InvitationExpired {
            invitation: invitation.id,
            kind: invitation.kind,
            parties: invitation.parties(),
            sender_name: parties.name(invitation.sender),
            recipient_hint: invitation.recipient_email.hint(),
            tell: parties.addressees(invitation.inviting()),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::grids;
    use crate::domain::invitation::State;
    use crate::domain::organization::Organization;

    fn organization(number: u128, mail_address: &str) -> Organization {
        Organization {
            id: OrganizationId::from_uuid(Uuid::from_u128(number)),
            name: number.to_string(),
            country: "SE".parse().unwrap(),
            language: "sv".parse().unwrap(),
            mail_address: mail_address.parse().unwrap(),
            proven_domains: Vec::new(),
            version: 1,
        }
    }

    fn addresses(tell: &[Addressee]) -> Vec<&str> {
        tell.iter().map(|to| to.email.as_str()).collect()
    }

    /// To a customer, by a provider and a reseller; its recipient is `ada@reseller.example`.
    fn invitation() -> Invitation {
        Invitation { kind: Kind::Customer, recipient: None, ..grids::invitation(State::Pending) }
    }

    #[test]
    fn r35_all_who_invite_are_told_how_an_invitation_ends_and_the_recipient_that_it_is_taken_back() {
        let parties = [organization(10, "provider@x.example"), organization(11, "reseller@y.example")];
        let parties: Parties = parties.into_iter().collect();
        let inviting = ["provider@x.example", "reseller@y.example"];
        let declined = InvitationDeclined::of(&invitation(), &parties, (DeclineReason::Other, ""));
        assert_eq!(addresses(&declined.tell), inviting);
        assert_eq!(addresses(&InvitationExpired::of(&invitation(), &parties).tell), inviting);
        let revoked = InvitationRevoked::of(&invitation(), &parties);
        assert_eq!(addresses(&revoked.tell), [&inviting[..], &["ada@reseller.example"]].concat());
    }

    #[test]
    fn r35_whoever_invites_its_own_address_is_told_once() {
        let parties = [organization(10, "provider@x.example"), organization(11, "ada@reseller.example")];
        let revoked = InvitationRevoked::of(&invitation(), &parties.into_iter().collect());
        assert_eq!(addresses(&revoked.tell), ["provider@x.example", "ada@reseller.example"]);
    }
}
