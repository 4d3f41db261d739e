//! What can happen here, with all facts that journal and effects need.

mod bond;
mod grant;
mod invitation;

pub(crate) use bond::{
    CustomerAgreementAccepted, OrdersAllowedChanged, PartnershipCreated, PartnershipEnded, PartnershipMoved,
    RelationshipMoved, ResellerRelationshipCreated, ResellerRelationshipEnded,
};
pub(crate) use bond::{Ending, PartnershipNames, RelationshipNames};
pub(crate) use grant::{AdminGrantCreated, AdminGrantEnded, AdminGrantReminded};
pub(crate) use invitation::{
    InvitationAccepted, InvitationDeclined, InvitationExpired, InvitationMailed, InvitationReminded, InvitationRevoked,
};

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// An invitation was made.
    InvitationCreated(Box<InvitationMailed>),
    /// An invitation was mailed again, with a new link.
    InvitationResent(Box<InvitationMailed>),
    /// The recipient was reminded of an invitation.
    InvitationReminded(Box<InvitationReminded>),
    /// An invitation was accepted.
    InvitationAccepted(InvitationAccepted),
    /// An invitation was declined.
    InvitationDeclined(InvitationDeclined),
    /// An invitation was taken back.
    InvitationRevoked(InvitationRevoked),
    /// An invitation's time was over.
    InvitationExpired(InvitationExpired),
    /// A partnership was born.
    PartnershipCreated(PartnershipCreated),
    /// A reseller let its provider order, or no longer.
    OrdersAllowedChanged(OrdersAllowedChanged),
    /// A side suspended a partnership.
    PartnershipSuspended(PartnershipMoved),
    /// A partnership goes on.
    PartnershipResumed(PartnershipMoved),
    /// A partnership ended.
    PartnershipEnded(PartnershipEnded),
    /// A reseller relationship was born.
    ResellerRelationshipCreated(ResellerRelationshipCreated),
    /// A party suspended a reseller relationship.
    ResellerRelationshipSuspended(RelationshipMoved),
    /// A reseller relationship goes on.
    ResellerRelationshipResumed(RelationshipMoved),
    /// A reseller relationship ended.
    ResellerRelationshipEnded(ResellerRelationshipEnded),
    /// Administration was granted.
    AdminGrantCreated(AdminGrantCreated),
    /// Both sides were reminded of the end of administration.
    AdminGrantReminded(AdminGrantReminded),
    /// Administration was taken away, or its time was over.
    AdminGrantEnded(AdminGrantEnded),
    /// A customer accepted a version of the customer agreement.
    CustomerAgreementAccepted(CustomerAgreementAccepted),
}
