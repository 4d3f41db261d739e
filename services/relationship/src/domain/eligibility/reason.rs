//! The reasons why not, each with its remedy, who can apply it, and the RPC that does.

use crate::domain::code::codes;
use crate::domain::standing::EnrollmentState;

codes! {
    /// Why not.
    Reason {
        ProviderNotActive = "PROVIDER_NOT_ACTIVE",
        ResellerNotActive = "RESELLER_NOT_ACTIVE",
        AgreementUnsigned = "AGREEMENT_UNSIGNED",
        AgreementOverdue = "AGREEMENT_OVERDUE",
        LocationMissing = "LOCATION_MISSING",
        PartnershipMissing = "PARTNERSHIP_MISSING",
        PartnershipSuspended = "PARTNERSHIP_SUSPENDED",
        PartnershipEnded = "PARTNERSHIP_ENDED",
        OrdersNotAllowed = "ORDERS_NOT_ALLOWED",
        ResellerRelationshipMissing = "RESELLER_RELATIONSHIP_MISSING",
        ResellerRelationshipSuspended = "RESELLER_RELATIONSHIP_SUSPENDED",
        ProviderRelationshipMissing = "PROVIDER_RELATIONSHIP_MISSING",
        ProviderRelationshipSuspended = "PROVIDER_RELATIONSHIP_SUSPENDED",
        CustomerAgreementMissing = "CUSTOMER_AGREEMENT_MISSING",
        MarketOutsideRegion = "MARKET_OUTSIDE_REGION",
        MarketNotOpen = "MARKET_NOT_OPEN",
        StandingUnknown = "STANDING_UNKNOWN",
    }
}

/// Who can do something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Actor {
    GlobalAdmin,
    Provider,
    Reseller,
    Customer,
    Reviewer,
    Operator,
    Nobody,
}

/// What to do about it, who can, and by which RPC; empty where no RPC clears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Remedy {
    pub(crate) text: &'static str,
    pub(crate) actor: Actor,
    pub(crate) method: &'static str,
}

const ENROLL: &str = "linkage.enrollment.v1.EnrollmentService/CreateEnrollment";
const SUBMIT: &str = "linkage.enrollment.v1.EnrollmentService/SubmitEnrollment";
const REOPEN: &str = "linkage.enrollment.v1.EnrollmentService/ReopenEnrollment";
const LIFT: &str = "linkage.enrollment.v1.EnrollmentService/ResumeEnrollment";
const APPROVE: &str = "linkage.verification.v1.VettingService/ApproveVettingCase";
const CASE: &str = "linkage.verification.v1.VettingService/GetVettingCase";
const SIGN: &str = "linkage.enrollment.v1.AgreementService/CreateSignature";
const ASSOCIATE: &str = "linkage.enrollment.v1.PartnerLocationService/AssociatePartnerLocation";
const INVITE: &str = "linkage.relationship.v1.InvitationService/CreateInvitation";
const ACCEPT: &str = "linkage.relationship.v1.InvitationService/AcceptInvitation";
const ALLOW: &str = "linkage.relationship.v1.PartnershipService/SetOrdersAllowed";
const RESUME: &str = "linkage.relationship.v1.PartnershipService/ResumePartnership";
const RESUME_RELATIONSHIP: &str = "linkage.relationship.v1.ResellerRelationshipService/ResumeResellerRelationship";
const CHECK: &str = "linkage.relationship.v1.OrderEligibilityService/CheckOrderEligibility";
/// No RPC of this deployment clears it.
const NONE: &str = "";

impl Reason {
    /// What to do, who can, and by which RPC. Of what one party suspended the actor is another: see who did.
    pub(crate) fn remedy(self) -> Remedy {
        let (actor, method) = self.cleared_by();
        Remedy { text: self.advice(), actor, method }
    }

    fn advice(self) -> &'static str {
        match self {
            Reason::ProviderNotActive => {
                "Bring the provider's enrollment to ACTIVE; its requirements say what is missing."
            }
            Reason::ResellerNotActive => {
                "Bring the reseller's enrollment to ACTIVE; its requirements say what is missing."
            }
            Reason::AgreementUnsigned => "Sign the partner agreement.",
            Reason::AgreementOverdue => "Sign the version of the partner agreement now in force.",
            Reason::LocationMissing => "Associate a location of the organization's country.",
            Reason::PartnershipMissing => "Invite the reseller to a partnership and have it accepted.",
            Reason::PartnershipSuspended => "The party that suspended the partnership resumes it.",
            Reason::PartnershipEnded => "Invite the reseller to a new partnership and have it accepted.",
            Reason::OrdersNotAllowed => "Allow the provider to place orders.",
            Reason::ResellerRelationshipMissing => {
                "Invite the customer to a relationship with the reseller and have it accepted."
            }
            Reason::ResellerRelationshipSuspended => "The party that suspended the reseller's relationship resumes it.",
            Reason::ProviderRelationshipMissing => {
                "Invite the customer to a joint relationship with the provider and have it accepted."
            }
            Reason::ProviderRelationshipSuspended => "The party that suspended the provider's relationship resumes it.",
            Reason::CustomerAgreementMissing => "Accept the customer agreement, by accepting a partner's invitation.",
            Reason::MarketOutsideRegion => "Nothing: partners sell only within the region of their location.",
            Reason::MarketNotOpen => "Nothing: the programme is not sold in the customer's country.",
            Reason::StandingUnknown => "Ask again with `fresh`, which reads how the organization stands now.",
        }
    }

    fn cleared_by(self) -> (Actor, &'static str) {
        match self {
            Reason::ProviderNotActive => (Actor::Provider, SUBMIT),
            Reason::ResellerNotActive => (Actor::Reseller, SUBMIT),
            Reason::AgreementUnsigned | Reason::AgreementOverdue => (Actor::GlobalAdmin, SIGN),
            Reason::LocationMissing => (Actor::GlobalAdmin, ASSOCIATE),
            Reason::PartnershipMissing | Reason::PartnershipEnded => (Actor::Provider, INVITE),
            Reason::PartnershipSuspended => (Actor::Reseller, RESUME),
            Reason::OrdersNotAllowed => (Actor::Reseller, ALLOW),
            Reason::ResellerRelationshipMissing | Reason::ProviderRelationshipMissing => (Actor::Reseller, INVITE),
            Reason::ResellerRelationshipSuspended => (Actor::Reseller, RESUME_RELATIONSHIP),
            Reason::ProviderRelationshipSuspended => (Actor::Provider, RESUME_RELATIONSHIP),
            Reason::CustomerAgreementMissing => (Actor::Customer, ACCEPT),
            Reason::MarketOutsideRegion | Reason::MarketNotOpen => (Actor::Nobody, NONE),
            Reason::StandingUnknown => (Actor::Nobody, CHECK),
        }
    }

    /// What to do about an enrollment that is not active, by its state: of a suspended one the partner can do nothing.
    pub(crate) fn while_in(self, state: Option<EnrollmentState>) -> Remedy {
        let Remedy { actor, text, method } = self.remedy();
        let (text, actor, method) = match state {
            None | Some(EnrollmentState::Ended) => ("Enroll in this capacity and bring it to ACTIVE.", actor, ENROLL),
            Some(EnrollmentState::Withdrawn) => ("Reopen the enrollment and bring it to ACTIVE.", actor, REOPEN),
            Some(EnrollmentState::Verifying) => (
                "The operator's reviewers decide; the enrollment's requirements say who must act.",
                Actor::Reviewer,
                APPROVE,
            ),
            Some(EnrollmentState::Qualified) => ("Associate a location and sign the partner agreement.", actor, SIGN),
            Some(EnrollmentState::Rejected) => ("Read why the enrollment was rejected.", actor, CASE),
            Some(EnrollmentState::Suspended) => {
                ("The operator lifts the enrollment's suspension.", Actor::Operator, LIFT)
            }
            Some(EnrollmentState::Draft | EnrollmentState::Active) => (text, actor, method),
        };
        Remedy { text, actor, method }
    }
}
