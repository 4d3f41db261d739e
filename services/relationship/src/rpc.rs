//! The table of contents: each RPC, and the file that answers it.

mod admin_grant;
mod convert;
mod delegated_access;
mod invitation;
mod judge;
mod order_eligibility;
mod partnership;
mod peer;
mod reach;
mod record;
mod reseller_relationship;

use runtime::serve::{DECODE_LIMIT, ENCODE_LIMIT};
use tonic::service::Routes;
use tonic::{Request, Response, Status};
use wire::relationship as pb;

use crate::App;

/// The service's handlers.
#[derive(Clone)]
pub(crate) struct Rpc(App);

macro_rules! sized {
    ($server:ident, $rpc:expr) => {
        $server::new($rpc).max_decoding_message_size(DECODE_LIMIT).max_encoding_message_size(ENCODE_LIMIT)
    };
}

/// Every gRPC service of relationship.
pub(crate) fn routes(app: App) -> Routes {
    use pb::admin_grant_service_server::AdminGrantServiceServer;
    use pb::invitation_service_server::InvitationServiceServer;
    use pb::order_eligibility_service_server::OrderEligibilityServiceServer;
    use pb::partnership_service_server::PartnershipServiceServer;
    use pb::relationship_peer_service_server::RelationshipPeerServiceServer;
    use pb::reseller_relationship_service_server::ResellerRelationshipServiceServer;

    let rpc = Rpc(app);
    Routes::new(sized!(InvitationServiceServer, rpc.clone()))
        .add_service(sized!(PartnershipServiceServer, rpc.clone()))
        .add_service(sized!(ResellerRelationshipServiceServer, rpc.clone()))
        .add_service(sized!(AdminGrantServiceServer, rpc.clone()))
        .add_service(sized!(OrderEligibilityServiceServer, rpc.clone()))
        .add_service(sized!(RelationshipPeerServiceServer, rpc))
}

#[tonic::async_trait]
impl pb::invitation_service_server::InvitationService for Rpc {
    async fn create_invitation(
        &self,
        request: Request<pb::CreateInvitationRequest>,
    ) -> Result<Response<pb::CreateInvitationResponse>, Status> {
        runtime::handle!(self, request, invitation::create::create)
    }

    async fn get_invitation(
        &self,
        request: Request<pb::GetInvitationRequest>,
    ) -> Result<Response<pb::Invitation>, Status> {
        runtime::handle!(self, request, invitation::get::get)
    }

    async fn list_invitations(
        &self,
        request: Request<pb::ListInvitationsRequest>,
    ) -> Result<Response<pb::ListInvitationsResponse>, Status> {
        runtime::handle!(self, request, invitation::list::list)
    }

    async fn inspect_invitation(
        &self,
        request: Request<pb::InspectInvitationRequest>,
    ) -> Result<Response<pb::InvitationOffer>, Status> {
        runtime::handle!(self, request, invitation::inspect::inspect)
    }

    async fn accept_invitation(
        &self,
        request: Request<pb::AcceptInvitationRequest>,
    ) -> Result<Response<pb::AcceptInvitationResponse>, Status> {
        runtime::handle!(self, request, invitation::accept::accept)
    }
}

#[tonic::async_trait]
impl pb::partnership_service_server::PartnershipService for Rpc {
    async fn get_partnership(
        &self,
        request: Request<pb::GetPartnershipRequest>,
    ) -> Result<Response<pb::Partnership>, Status> {
        runtime::handle!(self, request, partnership::get::get)
    }

    async fn list_partnerships(
        &self,
        request: Request<pb::ListPartnershipsRequest>,
    ) -> Result<Response<pb::ListPartnershipsResponse>, Status> {
        runtime::handle!(self, request, partnership::list::list)
    }

    async fn set_orders_allowed(
        &self,
        request: Request<pb::SetOrdersAllowedRequest>,
    ) -> Result<Response<pb::Partnership>, Status> {
        runtime::handle!(self, request, partnership::set_orders_allowed::set_orders_allowed)
    }

    async fn end_partnership(
        &self,
        request: Request<pb::EndPartnershipRequest>,
    ) -> Result<Response<pb::EndPartnershipResponse>, Status> {
        runtime::handle!(self, request, partnership::end::end)
    }
}

#[tonic::async_trait]
impl pb::reseller_relationship_service_server::ResellerRelationshipService for Rpc {
    async fn get_reseller_relationship(
        &self,
        request: Request<pb::GetResellerRelationshipRequest>,
    ) -> Result<Response<pb::ResellerRelationship>, Status> {
        runtime::handle!(self, request, reseller_relationship::get::get)
    }

    async fn list_reseller_relationships(
        &self,
        request: Request<pb::ListResellerRelationshipsRequest>,
    ) -> Result<Response<pb::ListResellerRelationshipsResponse>, Status> {
        runtime::handle!(self, request, reseller_relationship::list::list)
    }
}

#[tonic::async_trait]
impl pb::admin_grant_service_server::AdminGrantService for Rpc {
    async fn list_admin_grants(
        &self,
        request: Request<pb::ListAdminGrantsRequest>,
    ) -> Result<Response<pb::ListAdminGrantsResponse>, Status> {
        runtime::handle!(self, request, admin_grant::list::list)
    }

    async fn revoke_admin_grant(
        &self,
        request: Request<pb::RevokeAdminGrantRequest>,
    ) -> Result<Response<pb::AdminGrant>, Status> {
        runtime::handle!(self, request, admin_grant::revoke::revoke)
    }

    async fn check_delegated_access(
        &self,
        request: Request<pb::CheckDelegatedAccessRequest>,
    ) -> Result<Response<pb::CheckDelegatedAccessResponse>, Status> {
        runtime::handle!(self, request, delegated_access::check::check)
    }
}

#[tonic::async_trait]
impl pb::order_eligibility_service_server::OrderEligibilityService for Rpc {
    async fn check_order_eligibility(
        &self,
        request: Request<pb::CheckOrderEligibilityRequest>,
    ) -> Result<Response<pb::OrderEligibility>, Status> {
        runtime::handle!(self, request, order_eligibility::check::check)
    }
}

#[tonic::async_trait]
impl pb::relationship_peer_service_server::RelationshipPeerService for Rpc {
    async fn record_organization(
        &self,
        request: Request<pb::RecordOrganizationRequest>,
    ) -> Result<Response<pb::RecordOrganizationResponse>, Status> {
        runtime::handle!(self, request, peer::record_organization::record_organization)
    }

    async fn record_standing(
        &self,
        request: Request<pb::RecordStandingRequest>,
    ) -> Result<Response<pb::RecordStandingResponse>, Status> {
        runtime::handle!(self, request, peer::record_standing::record_standing)
    }

    async fn record_agreement(
        &self,
        request: Request<pb::RecordAgreementRequest>,
    ) -> Result<Response<pb::RecordAgreementResponse>, Status> {
        runtime::handle!(self, request, peer::record_agreement::record_agreement)
    }

    async fn record_watermark(
        &self,
        request: Request<pb::RecordWatermarkRequest>,
    ) -> Result<Response<pb::RecordWatermarkResponse>, Status> {
        runtime::handle!(self, request, peer::record_watermark::record_watermark)
    }
}
