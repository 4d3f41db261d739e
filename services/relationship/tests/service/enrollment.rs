//! A stand-in for enrollment: signs tokens, and answers what it was told to know.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use database::migrate::Migrations;
use runtime::{App, Effect, Entry, Event, Fault, Policy, Rule, Service, ServiceName};
use tonic::service::Routes;
use tonic::{Request, Response, Status};
use wire::enrollment::enrollment_peer_service_server::{EnrollmentPeerService, EnrollmentPeerServiceServer};
use wire::enrollment::{
    OrganizationRecord, ReadOrganizationRequest, RecordDeliveryRequest, RecordDeliveryResponse,
    RecordVerificationRequest, RecordVerificationResponse,
};

/// Nothing happens here.
pub(crate) struct Never;

impl Event for Never {
    fn entry(&self) -> Entry {
        Entry::new("Never", "never")
    }
}

/// Organizations by name, as they would be read.
pub(crate) type Register = Arc<Mutex<BTreeMap<String, OrganizationRecord>>>;

pub(crate) struct Enrollment(pub(crate) Register);

struct Rpc(App<Enrollment>);

impl Service for Enrollment {
    type Event = Never;
    const NAME: ServiceName = ServiceName::Enrollment;
    const POLICY: Policy =
        &[("/linkage.enrollment.v1.EnrollmentPeerService/ReadOrganization", Rule::Peer(&[ServiceName::Relationship]))];

    fn migrations() -> Migrations {
        Migrations(Vec::new())
    }

    fn routes(app: App<Enrollment>) -> Routes {
        Routes::new(EnrollmentPeerServiceServer::new(Rpc(app)))
    }

    fn effects(_: &Never) -> Vec<Effect> {
        Vec::new()
    }

    async fn sweep(_: &App<Enrollment>) -> Result<usize, Fault> {
        Ok(0)
    }
}

#[tonic::async_trait]
impl EnrollmentPeerService for Rpc {
    async fn record_verification(
        &self,
        _: Request<RecordVerificationRequest>,
    ) -> Result<Response<RecordVerificationResponse>, Status> {
        Err(Status::unimplemented("nobody verifies here"))
    }

    async fn record_delivery(
        &self,
        _: Request<RecordDeliveryRequest>,
    ) -> Result<Response<RecordDeliveryResponse>, Status> {
        Err(Status::unimplemented("nobody mails here"))
    }

    async fn read_organization(
        &self,
        request: Request<ReadOrganizationRequest>,
    ) -> Result<Response<OrganizationRecord>, Status> {
        let register = self.0.service().0.lock().unwrap();
        let found = register.get(&request.into_inner().name).cloned();
        found.map(Response::new).ok_or_else(|| Fault::missing().into_status())
    }
}
