//! What enrollment tells the service.

use runtime::ServiceName;
use tonic::Status;
use wire::verification as pb;
use wire::verification::verification_peer_service_client::VerificationPeerServiceClient;

use super::House;
use crate::requests::open_case;

impl House {
    /// What enrollment says when this enrollment of the applicant's is submitted for the so-manieth time.
    pub(crate) async fn open_case(&self, enrollment: u128, version: i64) -> Result<(), Status> {
        self.open(open_case(enrollment, version)).await
    }

    pub(crate) async fn open(&self, request: pb::OpenCaseRequest) -> Result<(), Status> {
        let channel = self.keyring.app().peers().client(ServiceName::Verification);
        VerificationPeerServiceClient::new(channel).open_case(request).await.map(drop)
    }

    pub(crate) async fn update(&self, request: pb::UpdateCaseRequest) -> Result<(), Status> {
        let channel = self.keyring.app().peers().client(ServiceName::Verification);
        VerificationPeerServiceClient::new(channel).update_case(request).await.map(drop)
    }

    pub(crate) async fn close(&self, request: pb::CloseCaseRequest) -> Result<(), Status> {
        let channel = self.keyring.app().peers().client(ServiceName::Verification);
        VerificationPeerServiceClient::new(channel).close_case(request).await.map(drop)
    }

    pub(crate) async fn record_domains(&self, request: pb::RecordDomainsRequest) -> Result<(), Status> {
        let channel = self.keyring.app().peers().client(ServiceName::Verification);
        VerificationPeerServiceClient::new(channel).record_domains(request).await.map(drop)
    }
}
