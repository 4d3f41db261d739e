//! The service's gRPC: a table of contents.

mod convert;
mod email_verification;
mod peer;
mod scope;
mod vetting_case;

use runtime::handle;
use runtime::serve::{DECODE_LIMIT, ENCODE_LIMIT};
use tonic::service::Routes;
use tonic::{Request, Response, Status};
use wire::verification as pb;
use wire::verification::email_verification_service_server::{EmailVerificationService, EmailVerificationServiceServer};
use wire::verification::verification_peer_service_server::{VerificationPeerService, VerificationPeerServiceServer};
use wire::verification::vetting_service_server::{VettingService, VettingServiceServer};

use crate::App;

struct Rpc(App);

/// All gRPC services of verification.
pub(crate) fn routes(app: App) -> Routes {
    let verifications = EmailVerificationServiceServer::new(Rpc(app.clone()))
        .max_decoding_message_size(DECODE_LIMIT)
        .max_encoding_message_size(ENCODE_LIMIT);
    let vetting = VettingServiceServer::new(Rpc(app.clone()))
        .max_decoding_message_size(DECODE_LIMIT)
        .max_encoding_message_size(ENCODE_LIMIT);
    let peer = VerificationPeerServiceServer::new(Rpc(app))
        .max_decoding_message_size(DECODE_LIMIT)
        .max_encoding_message_size(ENCODE_LIMIT);
    Routes::new(verifications).add_service(vetting).add_service(peer)
}

#[tonic::async_trait]
impl EmailVerificationService for Rpc {
    async fn get_email_verification(
        &self,
        request: Request<pb::GetEmailVerificationRequest>,
    ) -> Result<Response<pb::EmailVerification>, Status> {
        handle!(self, request, email_verification::get::get)
    }

    async fn list_email_verifications(
        &self,
        request: Request<pb::ListEmailVerificationsRequest>,
    ) -> Result<Response<pb::ListEmailVerificationsResponse>, Status> {
        handle!(self, request, email_verification::list::list)
    }

    async fn inspect_email_verification(
        &self,
        request: Request<pb::InspectEmailVerificationRequest>,
    ) -> Result<Response<pb::EmailVerificationQuestions>, Status> {
        handle!(self, request, email_verification::inspect::inspect)
    }

    async fn confirm_email_verification(
        &self,
        request: Request<pb::ConfirmEmailVerificationRequest>,
    ) -> Result<Response<pb::EmailVerification>, Status> {
        handle!(self, request, email_verification::confirm::confirm)
    }
}

#[tonic::async_trait]
impl VettingService for Rpc {
    async fn get_vetting_case(
        &self,
        request: Request<pb::GetVettingCaseRequest>,
    ) -> Result<Response<pb::VettingCase>, Status> {
        handle!(self, request, vetting_case::get::get)
    }

    async fn list_vetting_cases(
        &self,
        request: Request<pb::ListVettingCasesRequest>,
    ) -> Result<Response<pb::ListVettingCasesResponse>, Status> {
        handle!(self, request, vetting_case::list::list)
    }

    async fn claim_vetting_case(
        &self,
        request: Request<pb::ClaimVettingCaseRequest>,
    ) -> Result<Response<pb::VettingCase>, Status> {
        handle!(self, request, vetting_case::claim::claim)
    }

    async fn decide_check(
        &self,
        request: Request<pb::DecideCheckRequest>,
    ) -> Result<Response<pb::VettingCase>, Status> {
        handle!(self, request, vetting_case::decide_check::decide_check)
    }

    async fn approve_vetting_case(
        &self,
        request: Request<pb::ApproveVettingCaseRequest>,
    ) -> Result<Response<pb::VettingCase>, Status> {
        handle!(self, request, vetting_case::approve::approve)
    }
}

#[tonic::async_trait]
impl VerificationPeerService for Rpc {
    async fn open_case(&self, request: Request<pb::OpenCaseRequest>) -> Result<Response<pb::OpenCaseResponse>, Status> {
        handle!(self, request, peer::open_case::open_case)
    }
}
