//! The service's gRPC: a table of contents. Each handler is a file of its verb.

mod admin_grant;
mod convert;
mod delegated_access;
mod ending;
mod invitation;
mod market;
mod order_eligibility;
mod partnership;
mod peer;
mod record;
mod region;
mod reseller_relationship;

use wire::relationship as pb;
use wire::relationship::admin_grant_service_server::{AdminGrantService, AdminGrantServiceServer};
use wire::relationship::invitation_service_server::{InvitationService, InvitationServiceServer};
use wire::relationship::market_service_server::{MarketService, MarketServiceServer};
use wire::relationship::order_eligibility_service_server::{OrderEligibilityService, OrderEligibilityServiceServer};
use wire::relationship::partnership_service_server::{PartnershipService, PartnershipServiceServer};
use wire::relationship::relationship_peer_service_server::{RelationshipPeerService, RelationshipPeerServiceServer};
use wire::relationship::reseller_relationship_service_server::{
    ResellerRelationshipService, ResellerRelationshipServiceServer,
};

use crate::App;

runtime::rpcs! { App, pb;
    InvitationService by InvitationServiceServer {
        create_invitation(CreateInvitationRequest) -> CreateInvitationResponse = invitation::create::create;
        get_invitation(GetInvitationRequest) -> Invitation = invitation::get::get;
        list_invitations(ListInvitationsRequest) -> ListInvitationsResponse = invitation::list::list;
        inspect_invitation(InspectInvitationRequest) -> InvitationOffer = invitation::inspect::inspect;
        accept_invitation(AcceptInvitationRequest) -> AcceptInvitationResponse = invitation::accept::accept;
        decline_invitation(DeclineInvitationRequest) -> Invitation = invitation::decline::decline;
        revoke_invitation(RevokeInvitationRequest) -> Invitation = invitation::revoke::revoke;
        resend_invitation(ResendInvitationRequest) -> Invitation = invitation::resend::resend;
    }

    PartnershipService by PartnershipServiceServer {
        get_partnership(GetPartnershipRequest) -> Partnership = partnership::get::get;
        list_partnerships(ListPartnershipsRequest) -> ListPartnershipsResponse = partnership::list::list;
        set_orders_allowed(SetOrdersAllowedRequest) -> Partnership = partnership::set_orders_allowed::set_orders_allowed;
        suspend_partnership(SuspendPartnershipRequest) -> Partnership = partnership::suspend::suspend;
        resume_partnership(ResumePartnershipRequest) -> Partnership = partnership::resume::resume;
        end_partnership(EndPartnershipRequest) -> EndPartnershipResponse = partnership::end::end;
    }

    ResellerRelationshipService by ResellerRelationshipServiceServer {
        get_reseller_relationship(GetResellerRelationshipRequest) -> ResellerRelationship = reseller_relationship::get::get;
        list_reseller_relationships(ListResellerRelationshipsRequest) -> ListResellerRelationshipsResponse = reseller_relationship::list::list;
        suspend_reseller_relationship(SuspendResellerRelationshipRequest) -> ResellerRelationship = reseller_relationship::suspend::suspend;
        resume_reseller_relationship(ResumeResellerRelationshipRequest) -> ResellerRelationship = reseller_relationship::resume::resume;
        end_reseller_relationship(EndResellerRelationshipRequest) -> EndResellerRelationshipResponse = reseller_relationship::end::end;
    }

    AdminGrantService by AdminGrantServiceServer {
        get_admin_grant(GetAdminGrantRequest) -> AdminGrant = admin_grant::get::get;
        list_admin_grants(ListAdminGrantsRequest) -> ListAdminGrantsResponse = admin_grant::list::list;
        revoke_admin_grant(RevokeAdminGrantRequest) -> AdminGrant = admin_grant::revoke::revoke;
        check_delegated_access(CheckDelegatedAccessRequest) -> CheckDelegatedAccessResponse = delegated_access::check::check;
        batch_check_delegated_access(BatchCheckDelegatedAccessRequest) -> BatchCheckDelegatedAccessResponse = delegated_access::batch_check::batch_check;
    }

    OrderEligibilityService by OrderEligibilityServiceServer {
        check_order_eligibility(CheckOrderEligibilityRequest) -> OrderEligibility = order_eligibility::check::check;
        batch_check_order_eligibility(BatchCheckOrderEligibilityRequest) -> BatchCheckOrderEligibilityResponse = order_eligibility::batch_check::batch_check;
    }

    MarketService by MarketServiceServer {
        get_region(GetRegionRequest) -> Region = region::get::get;
        list_regions(ListRegionsRequest) -> ListRegionsResponse = region::list::list;
        get_market(GetMarketRequest) -> Market = market::get::get;
        list_markets(ListMarketsRequest) -> ListMarketsResponse = market::list::list;
    }

    RelationshipPeerService by RelationshipPeerServiceServer {
        record_organization(RecordOrganizationRequest) -> RecordOrganizationResponse = peer::record_organization::record_organization;
        record_standing(RecordStandingRequest) -> RecordStandingResponse = peer::record_standing::record_standing;
        record_agreement(RecordAgreementRequest) -> RecordAgreementResponse = peer::record_agreement::record_agreement;
        record_delivery(RecordDeliveryRequest) -> RecordDeliveryResponse = peer::record_delivery::record_delivery;
        record_watermark(RecordWatermarkRequest) -> RecordWatermarkResponse = peer::record_watermark::record_watermark;
        get_impact(GetImpactRequest) -> GetImpactResponse = peer::get_impact::get_impact;
    }
}
