//! Enrollment as it runs, an issuer that vouches for people, and verification's key to speak for it.

use std::collections::BTreeMap;
use std::net::TcpListener;

use chrono::TimeDelta;
use enrollment::{Bootstrap, Config, Enrollment, Issuer, WorkloadIssuer, bootstrap};
use prost::Message;
use runtime::keys::SigningKey;
use runtime::{Keys, Limits, Network, Options, Peers, Running, ServiceName, Transport, start};
use secrecy::{ExposeSecret as _, SecretBox};
use serde_json::json;
use testkit::TestDatabase;
use tonic::metadata::MetadataValue;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Response, Status};
use tonic_types::StatusExt;
use uuid::Uuid;
use wire::enrollment as pb;
use wire::enrollment::agreement_service_client::AgreementServiceClient;
use wire::enrollment::application_service_client::ApplicationServiceClient;
use wire::enrollment::directory_service_client::DirectoryServiceClient;
use wire::enrollment::domain_service_client::DomainServiceClient;
use wire::enrollment::enrollment_peer_service_client::EnrollmentPeerServiceClient;
use wire::enrollment::enrollment_service_client::EnrollmentServiceClient;
use wire::enrollment::organization_service_client::OrganizationServiceClient;
use wire::enrollment::partner_location_service_client::PartnerLocationServiceClient;
use wire::enrollment::session_service_client::SessionServiceClient;
use wire::enrollment::user_service_client::UserServiceClient;
use wire::simulation::{SetOffsetRequest, clock_service_client::ClockServiceClient};

use crate::machine::CLUSTER;

const ISSUER: &str = "https://issuer.example";
pub(crate) const OPERATOR: &str = "olga@operator.example";

/// The service, with nothing done in the background.
pub(crate) struct House {
    pub(crate) service: Running<Enrollment>,
    issuer: SigningKey,
    keys: BTreeMap<ServiceName, SigningKey>,
    database: TestDatabase,
    _folder: tempfile::TempDir,
}

/// What a house may have otherwise than usual.
#[derive(Debug, Default)]
pub(crate) struct Setup {
    pub(crate) config: Config,
    pub(crate) limits: Limits,
    /// Who is believed where a call comes from.
    pub(crate) trusted_proxies: Vec<Network>,
    /// Who vouches for the operator's people.
    pub(crate) operators_issuer: Option<String>,
}

/// A house with an operator on each backend at hand.
pub(crate) async fn houses() -> Vec<House> {
    houses_with(|_| {}).await
}

/// Houses that are set up in another way.
pub(crate) async fn houses_with(change: impl Fn(&mut Setup)) -> Vec<House> {
    let mut all = Vec::new();
    for database in testkit::databases().await {
        let mut setup = Setup::default();
        change(&mut setup);
        all.push(House::build(database, setup).await);
    }
    all
}

pub(crate) fn request_id(number: u128) -> String {
    Uuid::from_u128(number).to_string()
}

/// The refusal's code, reason and values.
pub(crate) struct Refused {
    pub(crate) code: Code,
    pub(crate) reason: String,
    pub(crate) metadata: std::collections::HashMap<String, String>,
    /// Fields of violations, or subjects of preconditions.
    pub(crate) fields: Vec<String>,
}

pub(crate) fn refused<T>(answer: Result<T, Status>) -> Refused {
    let status = answer.err().expect("a refusal");
    let details = status.get_error_details();
    let info = details.error_info().unwrap_or_else(|| panic!("an ErrorInfo in {status:?}")).clone();
    let wrong = details.bad_request().map(|bad| bad.field_violations.iter().map(|v| v.field.clone()).collect());
    let lacking = details.precondition_failure().map(|f| f.violations.iter().map(|v| v.subject.clone()).collect());
    let fields = wrong.or(lacking).unwrap_or_default();
    Refused { code: status.code(), reason: info.reason, metadata: info.metadata, fields }
}

pub(crate) fn reason<T>(answer: Result<T, Status>) -> String {
    refused(answer).reason
}

impl House {
    async fn build(database: TestDatabase, setup: Setup) -> House {
        let folder = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let peers = ServiceName::ALL.map(|name| (name, format!("http://{nobody}").parse().unwrap()));
        let keys = Keys::in_folder(folder.path(), ServiceName::Enrollment).unwrap();
        let siblings = ServiceName::ALL
            .map(|name| (name, SigningKey::load_or_create(&folder.path().join(format!("{name}.pem"))).unwrap()));
        let issuer = SigningKey::generate().unwrap();
        let development = Issuer::development(ISSUER, "linkage", issuer.public().clone());
        let mut config = setup.config;
        config.issuers.push(development);
        let workloads = WorkloadIssuer::development(CLUSTER, "linkage", issuer.public()).unwrap();
        config.workload_issuers.push(workloads);
        let service = Enrollment::new(config, keys.access.clone().unwrap());
        let options = Options {
            listener,
            database: database.settings.clone(),
            migrate: true,
            keys,
            link_keys: vec![(1, SecretBox::new(Box::new(vec![7; 32])))],
            base_url: "https://linkage.example".to_owned(),
            checkpoints: folder.path().join("checkpoints"),
            peers: peers.into(),
            simulation: true,
            background: false,
            limits: setup.limits,
            trusted_proxies: setup.trusted_proxies,
            transport: Transport::default(),
        };
        let service = start(service, options).await.unwrap();
        bootstrap(service.app(), &Bootstrap { issuer: setup.operators_issuer, ..operator() }).await.unwrap();
        House { service, issuer, keys: siblings.into(), database, _folder: folder }
    }

    pub(crate) fn channel(&self) -> Channel {
        Endpoint::try_from(format!("http://{}", self.service.address())).unwrap().connect_lazy()
    }

    pub(crate) fn organizations(&self) -> OrganizationServiceClient<Channel> {
        OrganizationServiceClient::new(self.channel())
    }

    pub(crate) fn domains(&self) -> DomainServiceClient<Channel> {
        DomainServiceClient::new(self.channel())
    }

    pub(crate) fn users(&self) -> UserServiceClient<Channel> {
        UserServiceClient::new(self.channel())
    }

    pub(crate) fn sessions(&self) -> SessionServiceClient<Channel> {
        SessionServiceClient::new(self.channel())
    }

    pub(crate) fn applications(&self) -> ApplicationServiceClient<Channel> {
        ApplicationServiceClient::new(self.channel())
    }

    pub(crate) fn enrollments(&self) -> EnrollmentServiceClient<Channel> {
        EnrollmentServiceClient::new(self.channel())
    }

    pub(crate) fn locations(&self) -> PartnerLocationServiceClient<Channel> {
        PartnerLocationServiceClient::new(self.channel())
    }

    pub(crate) fn agreements(&self) -> AgreementServiceClient<Channel> {
        AgreementServiceClient::new(self.channel())
    }

    pub(crate) fn directory(&self) -> DirectoryServiceClient<Channel> {
        DirectoryServiceClient::new(self.channel())
    }

    /// What this sibling may say to enrollment.
    pub(crate) fn peer(&self, name: ServiceName) -> EnrollmentPeerServiceClient<runtime::peers::PeerChannel> {
        let uri = format!("http://{}", self.service.address()).parse().unwrap();
        let peers =
            Peers::new(self.keys[&name].clone(), name, BTreeMap::from([(ServiceName::Enrollment, uri)]), None).unwrap();
        EnrollmentPeerServiceClient::new(peers.client(ServiceName::Enrollment))
    }

    /// What the issuer says of this person.
    pub(crate) fn identity(&self, email: &str) -> pb::create_session_request::Proof {
        let now = runtime::clock::system_time().timestamp();
        let claims = json!({
            "iss": ISSUER, "aud": "linkage", "sub": email, "email": email, "email_verified": true, "name": "Ada Ek",
            "iat": now, "nbf": now, "exp": now + 300,
        });
        pb::create_session_request::Proof::IdentityToken(self.issuer.sign_jwt("JWT", &claims).unwrap())
    }

    /// A token of the issuer that says this.
    pub(crate) fn vouch(&self, claims: &serde_json::Value) -> String {
        self.issuer.sign_jwt("JWT", claims).unwrap()
    }

    pub(crate) async fn session(
        &self,
        proof: pb::create_session_request::Proof,
        organization: &str,
    ) -> Result<pb::Session, Status> {
        let request = pb::CreateSessionRequest { proof: Some(proof), organization: organization.to_owned() };
        self.sessions().create_session(request).await.map(Response::into_inner)
    }

    /// A call of this person, signed in anew.
    pub(crate) async fn by<M>(&self, email: &str, message: M) -> Request<M> {
        let session = self.session(self.identity(email), "").await.unwrap();
        with_token(&session.access_token, message)
    }

    pub(crate) async fn operator<M>(&self, message: M) -> Request<M> {
        self.by(OPERATOR, message).await
    }

    /// Where its rows are.
    pub(crate) fn database(&self) -> &str {
        self.database.settings.url.expose_secret()
    }

    /// Sets business time so many days ahead.
    pub(crate) async fn advance(&self, days: i64) {
        self.advance_seconds(TimeDelta::days(days).num_seconds()).await;
    }

    /// Sets business time so many seconds ahead.
    pub(crate) async fn advance_seconds(&self, seconds: i64) {
        let offset = Some(prost_types::Duration { seconds, nanos: 0 });
        ClockServiceClient::new(self.channel()).set_offset(SetOffsetRequest { offset }).await.unwrap();
    }

    pub(crate) fn days_ahead(&self, days: i64) -> Option<prost_types::Timestamp> {
        Some(runtime::convert::timestamp(self.service.app().now() + TimeDelta::days(days)))
    }

    /// What waits for this method of a sibling, in order of its subjects' versions.
    pub(crate) async fn told<M: Message + Default>(&self, method: &str) -> Vec<M> {
        let mut rows = self.service.outbox_rows().await.unwrap();
        rows.retain(|row| row.method.ends_with(method));
        rows.sort_by_key(|row| (row.event, row.subject_version));
        rows.iter().map(|row| M::decode(row.payload.as_slice()).unwrap()).collect()
    }
}

pub(crate) fn operator() -> Bootstrap {
    let (display_name, country) = ("Programme".to_owned(), "SE".to_owned());
    Bootstrap { email: OPERATOR.to_owned(), display_name, country, issuer: None }
}

pub(crate) fn with_token<M>(token: &str, message: M) -> Request<M> {
    let mut request = Request::new(message);
    let bearer = MetadataValue::try_from(format!("Bearer {token}")).unwrap();
    request.metadata_mut().insert("authorization", bearer);
    request
}
