//! Who may call what.

use runtime::{Policy, Role, Rule, ServiceName};

const ENROLLMENT: Rule = Rule::Peer(&[ServiceName::Enrollment]);
/// Any user sees what its organization is a party to; the operator sees all.
const READS: Rule = Rule::MemberOrOperator(&[], &[Role::Operator]);
const ANY_USER: Rule = Rule::Member(&[]);
const GLOBAL_ADMIN: Rule = Rule::Member(&[Role::GlobalAdmin]);

/// What others wait for at every order and every use of a grant.
pub(crate) const URGENT: &[&str] = &[
    "/linkage.relationship.v1.OrderEligibilityService/CheckOrderEligibility",
    "/linkage.relationship.v1.AdminGrantService/CheckDelegatedAccess",
];

/// One row per RPC; which rows of the database a caller may touch is the store's to say.
pub(crate) const POLICY: Policy = &[
    (
        "/linkage.relationship.v1.InvitationService/CreateInvitation",
        Rule::Member(&[Role::GlobalAdmin, Role::AdminAgent, Role::SalesAgent]),
    ),
    ("/linkage.relationship.v1.InvitationService/GetInvitation", READS),
    ("/linkage.relationship.v1.InvitationService/ListInvitations", READS),
    ("/linkage.relationship.v1.InvitationService/InspectInvitation", Rule::Public),
    ("/linkage.relationship.v1.InvitationService/AcceptInvitation", GLOBAL_ADMIN),
    ("/linkage.relationship.v1.PartnershipService/GetPartnership", READS),
    ("/linkage.relationship.v1.PartnershipService/ListPartnerships", ANY_USER),
    ("/linkage.relationship.v1.PartnershipService/SetOrdersAllowed", GLOBAL_ADMIN),
    ("/linkage.relationship.v1.PartnershipService/EndPartnership", GLOBAL_ADMIN),
    ("/linkage.relationship.v1.ResellerRelationshipService/GetResellerRelationship", READS),
    ("/linkage.relationship.v1.ResellerRelationshipService/ListResellerRelationships", ANY_USER),
    ("/linkage.relationship.v1.AdminGrantService/ListAdminGrants", ANY_USER),
    ("/linkage.relationship.v1.AdminGrantService/RevokeAdminGrant", GLOBAL_ADMIN),
    ("/linkage.relationship.v1.AdminGrantService/CheckDelegatedAccess", READS),
    ("/linkage.relationship.v1.OrderEligibilityService/CheckOrderEligibility", READS),
    ("/linkage.relationship.v1.RelationshipPeerService/RecordOrganization", ENROLLMENT),
    ("/linkage.relationship.v1.RelationshipPeerService/RecordStanding", ENROLLMENT),
    ("/linkage.relationship.v1.RelationshipPeerService/RecordAgreement", ENROLLMENT),
    ("/linkage.relationship.v1.RelationshipPeerService/RecordDelivery", Rule::Peer(&[ServiceName::Notification])),
    ("/linkage.relationship.v1.RelationshipPeerService/RecordWatermark", ENROLLMENT),
    ("/linkage.relationship.v1.RelationshipPeerService/GetImpact", ENROLLMENT),
];
