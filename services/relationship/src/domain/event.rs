//! What can happen here, with all facts that journal and effects need.

use chrono::{DateTime, Utc};
use ids::{AdminGrantId, InvitationId, OrganizationId, PartnershipId, ResellerRelationshipId};

use super::admin_grant::{AdminGrant, State as GrantState};
use super::invitation::{Invitation, Kind};
use super::organization::{Addressee, Parties};
use super::partnership::Stage;
use super::reseller_relationship::State as RelationshipState;

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// An invitation was made.
    InvitationCreated(Box<InvitationCreated>),
    /// An invitation was accepted.
    InvitationAccepted(InvitationAccepted),
    /// An invitation's time was over.
    InvitationExpired(InvitationExpired),
    /// A partnership was born.
    PartnershipCreated(PartnershipCreated),
    /// A reseller let its provider order, or no longer.
    OrdersAllowedChanged(OrdersAllowedChanged),
    /// A partnership ended.
    PartnershipEnded(PartnershipEnded),
    /// A reseller relationship was born.
    ResellerRelationshipCreated(ResellerRelationshipCreated),
    /// A reseller relationship ended.
    ResellerRelationshipEnded(ResellerRelationshipEnded),
    /// Administration was granted.
    AdminGrantCreated(AdminGrantCreated),
    /// Administration was taken away, or its time was over.
    AdminGrantEnded(AdminGrantEnded),
    /// A customer accepted a version of the customer agreement.
    CustomerAgreementAccepted(CustomerAgreementAccepted),
}

#[derive(Debug, Clone)]
pub struct InvitationCreated {
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
pub struct InvitationExpired {
    pub(crate) invitation: InvitationId,
    pub(crate) kind: Kind,
    pub(crate) parties: Vec<OrganizationId>,
    pub(crate) sender_name: String,
    pub(crate) recipient_hint: String,
    pub(crate) tell: Vec<Addressee>,
}

#[derive(Debug, Clone)]
pub struct PartnershipCreated {
    pub(crate) partnership: PartnershipId,
    pub(crate) parties: Vec<OrganizationId>,
}

#[derive(Debug, Clone)]
pub struct OrdersAllowedChanged {
    pub(crate) partnership: PartnershipId,
    pub(crate) allowed: bool,
    pub(crate) parties: Vec<OrganizationId>,
    pub(crate) provider_name: String,
    pub(crate) reseller_name: String,
    pub(crate) tell: Vec<Addressee>,
}

#[derive(Debug, Clone)]
pub struct PartnershipEnded {
    pub(crate) partnership: PartnershipId,
    pub(crate) from: Stage,
    pub(crate) parties: Vec<OrganizationId>,
    pub(crate) names: EndedNames,
    pub(crate) tell: Vec<Addressee>,
}

/// Whose partnership ended, and who ended it.
#[derive(Debug, Clone)]
pub(crate) struct EndedNames {
    pub(crate) provider: String,
    pub(crate) reseller: String,
    pub(crate) ended_by: String,
}

#[derive(Debug, Clone)]
pub struct ResellerRelationshipCreated {
    pub(crate) relationship: ResellerRelationshipId,
    pub(crate) parties: Vec<OrganizationId>,
}

#[derive(Debug, Clone)]
pub struct ResellerRelationshipEnded {
    pub(crate) relationship: ResellerRelationshipId,
    pub(crate) from: RelationshipState,
    pub(crate) parties: Vec<OrganizationId>,
    pub(crate) names: EndedNames,
    /// The customer, once however many of its relationships end together.
    pub(crate) tell: Vec<Addressee>,
}

#[derive(Debug, Clone)]
pub struct AdminGrantCreated {
    pub(crate) grant: AdminGrantId,
    pub(crate) parties: Vec<OrganizationId>,
}

#[derive(Debug, Clone)]
pub struct AdminGrantEnded {
    pub(crate) grant: AdminGrantId,
    pub(crate) to: GrantState,
    /// What it ended with, when not for itself.
    pub(crate) reason: Option<&'static str>,
    pub(crate) parties: Vec<OrganizationId>,
    pub(crate) grantor_name: String,
    pub(crate) grantee_name: String,
    pub(crate) tell: Vec<Addressee>,
}

#[derive(Debug, Clone)]
pub struct CustomerAgreementAccepted {
    pub(crate) customer: OrganizationId,
    pub(crate) version: String,
    pub(crate) parties: Vec<OrganizationId>,
}

impl AdminGrantEnded {
    /// Told to both sides.
    pub(crate) fn of(grant: &AdminGrant, to: GrantState, reason: Option<&'static str>, parties: &Parties) -> Self {
        let sides = [grant.grantor, grant.grantee];
        AdminGrantEnded {
            grant: grant.id,
            to,
            reason,
            parties: sides.to_vec(),
            grantor_name: parties.name(grant.grantor),
            grantee_name: parties.name(grant.grantee),
            tell: parties.addressees(sides),
        }
    }
}

impl InvitationExpired {
    /// Told to those who invited; whoever was invited has nothing to do any more.
    pub(crate) fn of(invitation: &Invitation, parties: &Parties) -> Self {
        let inviting = invitation.parties().into_iter().filter(|party| invitation.is_inviting(*party));
        InvitationExpired {
            invitation: invitation.id,
            kind: invitation.kind,
            parties: invitation.parties(),
            sender_name: parties.name(invitation.sender),
            recipient_hint: invitation.recipient_email.hint(),
            tell: parties.addressees(inviting),
        }
    }
}
