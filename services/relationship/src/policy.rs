//! Who may call what.

use runtime::{Applications, Policy, Role, Rule, ServiceName};

const ENROLLMENT: Rule = Rule::Peer(&[ServiceName::Enrollment]);
/// Any user sees what its organization is a party to; the operator sees all.
const READS: Rule = Rule::MemberOrOperator(&[], &[Role::Operator]);
const ANY_USER: Rule = Rule::Member(&[]);
const GLOBAL_ADMIN: Rule = Rule::Member(&[Role::GlobalAdmin]);

const INVITERS: Rule = Rule::Member(&[Role::GlobalAdmin, Role::AdminAgent, Role::SalesAgent]);
/// Of what a party suspended: that party resumes it, or the operator.
const RESUMES: Rule = Rule::MemberOrOperator(&[Role::GlobalAdmin], &[Role::Operator]);

/// What others wait for at every order and every use of a grant; not the batches, one of which would use up what a hundred need.
pub(crate) const URGENT: &[&str] = &[
    "/linkage.relationship.v1.OrderEligibilityService/CheckOrderEligibility",
    "/linkage.relationship.v1.AdminGrantService/CheckDelegatedAccess",
];

/// What machines of an organization may call, by their role.
pub(crate) const APPLICATIONS: Applications = &[
    (
        Role::OrderCheck,
        &[
            "/linkage.relationship.v1.OrderEligibilityService/CheckOrderEligibility",
            "/linkage.relationship.v1.OrderEligibilityService/BatchCheckOrderEligibility",
        ],
    ),
    (
        Role::AccessCheck,
        &[
            "/linkage.relationship.v1.AdminGrantService/CheckDelegatedAccess",
            "/linkage.relationship.v1.AdminGrantService/BatchCheckDelegatedAccess",
        ],
    ),
    (
        Role::PartnerRead,
        &[
            "/linkage.relationship.v1.PartnershipService/GetPartnership",
            "/linkage.relationship.v1.PartnershipService/ListPartnerships",
            "/linkage.relationship.v1.ResellerRelationshipService/GetResellerRelationship",
            "/linkage.relationship.v1.ResellerRelationshipService/ListResellerRelationships",
        ],
    ),
];

/// One row per RPC; which rows of the database a caller may touch is the store's to say.
pub(crate) const POLICY: Policy = &[
    ("/linkage.relationship.v1.InvitationService/CreateInvitation", INVITERS),
    ("/linkage.relationship.v1.InvitationService/GetInvitation", READS),
    ("/linkage.relationship.v1.InvitationService/ListInvitations", READS),
    ("/linkage.relationship.v1.InvitationService/InspectInvitation", Rule::Public),
    ("/linkage.relationship.v1.InvitationService/AcceptInvitation", GLOBAL_ADMIN),
    // By the link; by the name, the handler asks for a global administrator.
    ("/linkage.relationship.v1.InvitationService/DeclineInvitation", Rule::Public),
    ("/linkage.relationship.v1.InvitationService/RevokeInvitation", INVITERS),
    ("/linkage.relationship.v1.InvitationService/ResendInvitation", INVITERS),
    ("/linkage.relationship.v1.PartnershipService/GetPartnership", READS),
    ("/linkage.relationship.v1.PartnershipService/ListPartnerships", ANY_USER),
    ("/linkage.relationship.v1.PartnershipService/SetOrdersAllowed", GLOBAL_ADMIN),
    ("/linkage.relationship.v1.PartnershipService/SuspendPartnership", GLOBAL_ADMIN),
    ("/linkage.relationship.v1.PartnershipService/ResumePartnership", RESUMES),
    ("/linkage.relationship.v1.PartnershipService/EndPartnership", GLOBAL_ADMIN),
    ("/linkage.relationship.v1.ResellerRelationshipService/GetResellerRelationship", READS),
    ("/linkage.relationship.v1.ResellerRelationshipService/ListResellerRelationships", ANY_USER),
    ("/linkage.relationship.v1.ResellerRelationshipService/SuspendResellerRelationship", GLOBAL_ADMIN),
    ("/linkage.relationship.v1.ResellerRelationshipService/ResumeResellerRelationship", RESUMES),
    ("/linkage.relationship.v1.ResellerRelationshipService/EndResellerRelationship", GLOBAL_ADMIN),
    ("/linkage.relationship.v1.AdminGrantService/GetAdminGrant", READS),
    ("/linkage.relationship.v1.AdminGrantService/ListAdminGrants", ANY_USER),
    ("/linkage.relationship.v1.AdminGrantService/RevokeAdminGrant", GLOBAL_ADMIN),
    ("/linkage.relationship.v1.AdminGrantService/CheckDelegatedAccess", READS),
    ("/linkage.relationship.v1.AdminGrantService/BatchCheckDelegatedAccess", READS),
    ("/linkage.relationship.v1.OrderEligibilityService/CheckOrderEligibility", READS),
    ("/linkage.relationship.v1.OrderEligibilityService/BatchCheckOrderEligibility", READS),
    ("/linkage.relationship.v1.MarketService/GetRegion", Rule::Person),
    ("/linkage.relationship.v1.MarketService/ListRegions", Rule::Person),
    ("/linkage.relationship.v1.MarketService/GetMarket", Rule::Person),
    ("/linkage.relationship.v1.MarketService/ListMarkets", Rule::Person),
    ("/linkage.relationship.v1.RelationshipPeerService/RecordOrganization", ENROLLMENT),
    ("/linkage.relationship.v1.RelationshipPeerService/RecordStanding", ENROLLMENT),
    ("/linkage.relationship.v1.RelationshipPeerService/RecordAgreement", ENROLLMENT),
    ("/linkage.relationship.v1.RelationshipPeerService/RecordDelivery", Rule::Peer(&[ServiceName::Notification])),
    ("/linkage.relationship.v1.RelationshipPeerService/RecordWatermark", ENROLLMENT),
    ("/linkage.relationship.v1.RelationshipPeerService/GetImpact", ENROLLMENT),
];
