//! A relationship service with its stand-in enrollment, and the people who use it.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::atomic::{AtomicI64, Ordering};

use ids::{EnrollmentId, Id, OrganizationId, PartnerLocationId};
use prost::Message;
use relationship::{Config, Relationship};
use runtime::convert::timestamp;
use runtime::links::Bond;
use runtime::{Keys, Limits, Membership, Options, Role, Running, ServiceName, Transport, start};
use secrecy::SecretBox;
use tempfile::TempDir;
use testkit::TestDatabase;
use tonic::metadata::MetadataValue;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};
use tonic_types::StatusExt;
use uuid::Uuid;
use wire::access::access_peer_service_client::AccessPeerServiceClient;
use wire::notification::SendMessageRequest;
use wire::relationship as pb;
use wire::relationship::relationship_peer_service_client::RelationshipPeerServiceClient;
use wire::simulation::SetOffsetRequest;
use wire::simulation::clock_service_client::ClockServiceClient;
use wire::types::{Origin, variable::Value};

use crate::enrollment::{Enrollment, Register};

pub(crate) struct Stage {
    pub(crate) relationship: Running<Relationship>,
    pub(crate) enrollment: Running<Enrollment>,
    pub(crate) register: Register,
    version: AtomicI64,
    _kept: (TempDir, [TestDatabase; 2]),
}

/// The organizations of the stories.
pub(crate) const PROVIDER: u128 = 1;
pub(crate) const RESELLER: u128 = 2;
pub(crate) const CUSTOMER: u128 = 3;
pub(crate) const OVERSEAS: u128 = 4;

pub(crate) fn organization(n: u128) -> OrganizationId {
    Id::from_uuid(Uuid::from_u128(n))
}

pub(crate) fn location(n: u128) -> String {
    PartnerLocationId::from_uuid(Uuid::from_u128(n + 1000)).name()
}

fn enrollment(n: u128) -> String {
    organization(n).child(EnrollmentId::from_uuid(Uuid::from_u128(n + 2000)))
}

pub(crate) fn user(n: u128) -> String {
    organization(n).child(ids::UserId::from_uuid(Uuid::from_u128(n + 3000)))
}

pub(crate) fn email(n: u128) -> String {
    format!("ådmin@org{n}.example")
}

impl Stage {
    pub(crate) async fn start(database: TestDatabase) -> Stage {
        Stage::start_as(database, Relationship::new(Config::default())).await
    }

    /// Like [`Stage::start`], with a service made in another way.
    pub(crate) async fn start_as(database: TestDatabase, service: Relationship) -> Stage {
        let listeners = [ServiceName::Enrollment, ServiceName::Relationship]
            .map(|name| (name, TcpListener::bind("127.0.0.1:0").unwrap()));
        let peers: BTreeMap<_, http::Uri> = listeners
            .iter()
            .map(|(name, at)| (*name, format!("http://{}", at.local_addr().unwrap()).parse().unwrap()))
            .collect();
        let folder = tempfile::tempdir().unwrap();
        let options = |name, listener, settings| Options {
            listener,
            database: settings,
            migrate: true,
            keys: Keys::in_folder(folder.path(), name).unwrap(),
            link_keys: vec![(1, SecretBox::new(Box::new(vec![7; 32])))],
            base_url: "https://linkage.example".to_owned(),
            checkpoints: folder.path().join("checkpoints"),
            peers: peers.clone(),
            simulation: true,
            background: false,
            limits: Limits::default(),
            trusted_proxies: Vec::new(),
            transport: Transport::default(),
        };
        let other = database.another().await;
        let [(_, of_enrollment), (_, of_relationship)] = listeners;
        let register = Register::default();
        let enrollment = options(ServiceName::Enrollment, of_enrollment, other.settings.clone());
        let enrollment = start(Enrollment(register.clone()), enrollment).await.unwrap();
        let relationship = options(ServiceName::Relationship, of_relationship, database.settings.clone());
        let relationship = start(service, relationship).await.unwrap();
        Stage { relationship, enrollment, register, version: AtomicI64::new(1), _kept: (folder, [database, other]) }
    }

    /// Provider in Germany, reseller in Sweden, both in good standing; one more provider in the United States. All is fresh.
    pub(crate) async fn ready(database: TestDatabase) -> Stage {
        Stage::ready_as(database, Relationship::new(Config::default())).await
    }

    /// Like [`Stage::ready`], with a service made in another way.
    pub(crate) async fn ready_as(database: TestDatabase, service: Relationship) -> Stage {
        let stage = Stage::start_as(database, service).await;
        for (n, country, kind) in [
            (PROVIDER, "DE", "INDIRECT_PROVIDER"),
            (RESELLER, "SE", "INDIRECT_RESELLER"),
            (OVERSEAS, "US", "INDIRECT_PROVIDER"),
        ] {
            stage.tell_organization(n, country).await;
            stage.tell_standing(n, kind, "ACTIVE", country, 1).await;
        }
        stage.tell_watermark(&[]).await;
        stage
    }

    pub(crate) fn channel(&self) -> Channel {
        Endpoint::try_from(format!("http://{}", self.relationship.address())).unwrap().connect_lazy()
    }

    fn peer(&self) -> RelationshipPeerServiceClient<runtime::peers::PeerChannel> {
        RelationshipPeerServiceClient::new(self.enrollment.app().peers().client(ServiceName::Relationship))
    }

    pub(crate) fn origin(&self, subject: &str) -> Origin {
        let app = self.enrollment.app();
        Origin {
            source: "enrollment".to_owned(),
            epoch: 1,
            event_id: app.id::<ids::kind::Event>().to_string(),
            subject: subject.to_owned(),
            version: self.version.fetch_add(1, Ordering::Relaxed),
            occur_time: Some(timestamp(app.now())),
            ..Default::default()
        }
    }

    pub(crate) async fn tell_organization(&self, n: u128, country: &str) {
        let name = organization(n).name();
        let request = pb::RecordOrganizationRequest {
            origin: Some(self.origin(&name)),
            organization: name,
            display_name: format!("Organization {n}"),
            region_code: country.to_owned(),
            language_code: "en".to_owned(),
            mail_address: format!("mail@org{n}.example"),
            proven_domains: vec![format!("org{n}.example")],
        };
        self.peer().record_organization(request).await.unwrap();
    }

    pub(crate) async fn tell_standing(&self, n: u128, kind: &str, state: &str, country: &str, signed: i32) {
        let located = !country.is_empty();
        let request = pb::RecordStandingRequest {
            origin: Some(self.origin(&enrollment(n))),
            enrollment: enrollment(n),
            r#type: kind.to_owned(),
            state: state.to_owned(),
            location: if located { location(n) } else { String::new() },
            location_region_code: country.to_owned(),
            signed_version: signed,
            state_time: Some(timestamp(self.enrollment.app().now())),
        };
        self.peer().record_standing(request).await.unwrap();
    }

    pub(crate) async fn tell_agreement(&self, version: i32, sign_by: Option<chrono::DateTime<chrono::Utc>>) {
        self.tell_agreement_of("INDIRECT_RESELLER", "EUROPE", version, sign_by).await;
    }

    pub(crate) async fn tell_agreement_of(
        &self,
        kind: &str,
        region: &str,
        version: i32,
        sign_by: Option<chrono::DateTime<chrono::Utc>>,
    ) {
        let request = pb::RecordAgreementRequest {
            origin: Some(self.origin(&format!("agreementTemplates/{version}"))),
            r#type: kind.to_owned(),
            region: region.to_owned(),
            version,
            effective_time: Some(timestamp(self.enrollment.app().now())),
            sign_by_time: sign_by.map(timestamp),
        };
        self.peer().record_agreement(request).await.unwrap();
    }

    pub(crate) async fn tell_watermark(&self, parked: &[String]) {
        self.tell_watermark_as_of(1, self.relationship.app().now(), parked).await;
    }

    pub(crate) async fn tell_watermark_as_of(
        &self,
        epoch: i64,
        time: chrono::DateTime<chrono::Utc>,
        parked: &[String],
    ) {
        let parked_subjects = parked.to_vec();
        let request = pb::RecordWatermarkRequest { epoch, as_of_time: Some(timestamp(time)), parked_subjects };
        self.peer().record_watermark(request).await.unwrap();
    }

    /// What enrollment would answer when asked for this organization.
    pub(crate) fn register(&self, n: u128, country: &str) {
        let record = wire::enrollment::OrganizationRecord {
            organization: organization(n).name(),
            display_name: format!("Organization {n}"),
            region_code: country.to_owned(),
            language_code: "sv".to_owned(),
            mail_address: format!("mail@org{n}.example"),
            proven_domains: Vec::new(),
            epoch: 1,
            version: self.version.fetch_add(1, Ordering::Relaxed),
            standings: Vec::new(),
        };
        self.register.lock().unwrap().insert(record.organization.clone(), record);
    }

    pub(crate) async fn tell_roles(&self, n: u128, roles: &[Role]) {
        let request = wire::access::RecordAccessChangeRequest {
            origin: Some(self.origin(&user(n))),
            user: user(n),
            roles: roles.iter().map(|role| *role as i32).collect(),
            lowest_version: 1,
            disabled: false,
            change_time: Some(timestamp(self.enrollment.app().now())),
            application: String::new(),
        };
        let channel = self.enrollment.app().peers().client(ServiceName::Relationship);
        AccessPeerServiceClient::new(channel).record_access_change(request).await.unwrap();
    }

    /// A request of the user of this organization.
    pub(crate) fn by<M>(&self, n: u128, message: M) -> Request<M> {
        self.with(n, &[Role::GlobalAdmin], message)
    }

    pub(crate) fn with<M>(&self, n: u128, roles: &[Role], message: M) -> Request<M> {
        let member = Membership {
            user: Id::from_uuid(Uuid::from_u128(n + 3000)),
            organization: organization(n),
            roles: roles.to_vec(),
            operator: roles.contains(&Role::Operator),
            version: 1,
        };
        let claims = runtime::AccessClaims {
            person: Id::from_uuid(Uuid::from_u128(n + 4000)),
            email: email(n),
            display_name: String::new(),
            member: Some(member),
        };
        let (token, _) = self.enrollment.app().sign_access(&claims).unwrap();
        let mut request = Request::new(message);
        let bearer = MetadataValue::try_from(format!("Bearer {token}")).unwrap();
        request.metadata_mut().insert("authorization", bearer);
        request
    }

    /// Lets this many days pass since the beginning, for both services.
    pub(crate) async fn pass(&self, days: i64) {
        self.pass_hours(days * 24).await;
    }

    /// Lets this many hours pass since the beginning, for both services.
    pub(crate) async fn pass_hours(&self, hours: i64) {
        let seconds = hours * 3_600;
        for address in [self.relationship.address(), self.enrollment.address()] {
            let channel = Endpoint::try_from(format!("http://{address}")).unwrap().connect_lazy();
            let offset = Some(prost_types::Duration { seconds, nanos: 0 });
            ClockServiceClient::new(channel).set_offset(SetOffsetRequest { offset }).await.unwrap();
        }
    }

    /// The mails that were asked for, oldest first.
    pub(crate) async fn mails(&self, kind: &str) -> Vec<SendMessageRequest> {
        let mut rows = self.relationship.outbox_rows().await.unwrap();
        rows.sort_by_key(|row| (row.created_at, row.event));
        let mails = rows.iter().map(|row| SendMessageRequest::decode(row.payload.as_slice()).unwrap());
        mails.filter(|mail| mail.kind == kind).collect()
    }

    /// The token of the newest invitation's mail.
    pub(crate) async fn token(&self, kind: &str) -> String {
        let mails = self.mails(kind).await;
        let mail = mails.last().unwrap();
        let seed = mail.variables.iter().find_map(|variable| match &variable.value {
            Some(Value::Seed(seed)) => Some(seed.clone()),
            _ => None,
        });
        let seed = seed.unwrap();
        let id = seed.id.parse::<Id<()>>().unwrap().uuid();
        let bond = Bond { purpose: &seed.purpose, id, generation: seed.generation, nonce: &seed.nonce };
        self.relationship.app().links().token(bond)
    }
}

/// To whom a mail goes.
pub(crate) fn to(mail: &SendMessageRequest) -> Vec<String> {
    mail.recipients.iter().map(|recipient| recipient.email.clone()).collect()
}

/// `google.rpc.ErrorInfo.reason`.
pub(crate) fn reason(status: &Status) -> String {
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}

/// What must be so first, by kind.
pub(crate) fn preconditions(status: &Status) -> Vec<String> {
    let found = status.get_details_precondition_failure().map(|failure| failure.violations).unwrap_or_default();
    found.into_iter().map(|violation| violation.r#type).collect()
}
