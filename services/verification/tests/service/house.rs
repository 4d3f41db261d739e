//! Verification as it runs, and beside it just enough of enrollment to sign tokens and to call.

use std::net::TcpListener;
use std::num::NonZeroU32;
use std::path::Path;

use database::{Step, Tx};
use ids::{Id, Kind, OrganizationId};
use prost::Message;
use runtime::{AccessClaims, Keys, Limits, Membership, Options, Role, Running, ServiceName, Transport, start};
use sea_orm::ConnectionTrait;
use secrecy::{ExposeSecret as _, SecretBox};
use testkit::TestDatabase;
use tonic::metadata::MetadataValue;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response, Status};
use uuid::Uuid;
use verification::{Config, Verification};
use wire::enrollment::RecordVerificationRequest;
use wire::notification::SendMessageRequest;
use wire::simulation::{SetOffsetRequest, clock_service_client::ClockServiceClient};
use wire::types::variable::Value;
use wire::verification as pb;
use wire::verification::email_verification_service_client::EmailVerificationServiceClient;
use wire::verification::evidence_service_client::EvidenceServiceClient;
use wire::verification::policy_service_client::PolicyServiceClient;
use wire::verification::vetting_service_client::VettingServiceClient;

mod keyring;
mod told;

pub(crate) use tonic::Code;

use keyring::Keyring;

/// The operator's organization, and that of the applicant.
pub(crate) const OPERATOR: u128 = 1;
pub(crate) const APPLICANT: u128 = 2;

/// Verification, running, with nothing done in the background.
pub(crate) struct House {
    pub(crate) service: Running<Verification>,
    keyring: Running<Keyring>,
    databases: [TestDatabase; 2],
    folder: tempfile::TempDir,
}

/// What a mail gives its reader; without link and code for who has nothing to answer.
pub(crate) struct Mail {
    pub(crate) kind: String,
    pub(crate) to: String,
    pub(crate) token: String,
    pub(crate) code: String,
}

/// A house on each backend at hand.
pub(crate) async fn houses() -> Vec<House> {
    let mut all = Vec::new();
    for database in testkit::databases().await {
        all.push(House::build(database).await);
    }
    all
}

pub(crate) fn id<K>(number: u128) -> Id<K> {
    Id::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn organization(number: u128) -> OrganizationId {
    id(number)
}

pub(crate) fn request_id(number: u128) -> String {
    Uuid::from_u128(number).to_string()
}

pub(crate) fn child<C: Kind>(of: u128, number: u128) -> String {
    organization(of).child(id::<C>(number))
}

/// `google.rpc.ErrorInfo` of a refusal: its reason, and one value of its metadata.
pub(crate) fn reason<T>(answer: Result<T, Status>) -> (Code, String) {
    use tonic_types::StatusExt;
    let status = answer.err().expect("a refusal");
    (status.code(), status.get_details_error_info().expect("an ErrorInfo").reason)
}

pub(crate) fn metadata<T>(answer: Result<T, Status>, key: &str) -> String {
    use tonic_types::StatusExt;
    let details = answer.err().and_then(|status| status.get_details_error_info());
    details.and_then(|info| info.metadata.get(key).cloned()).unwrap_or_default()
}

fn files(folder: &Path) -> Vec<String> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    all
}

impl House {
    async fn build(database: TestDatabase) -> House {
        let folder = tempfile::tempdir().unwrap();
        let of_keyring = TcpListener::bind("127.0.0.1:0").unwrap();
        let of_service = TcpListener::bind("127.0.0.1:0").unwrap();
        let peers = [(ServiceName::Enrollment, &of_keyring), (ServiceName::Verification, &of_service)]
            .map(|(name, at)| (name, format!("http://{}", at.local_addr().unwrap()).parse().unwrap()));
        let options = |name, listener, database: &TestDatabase| Options {
            listener,
            database: database.settings.clone(),
            migrate: true,
            keys: Keys::in_folder(folder.path(), name).unwrap(),
            link_keys: vec![(1, SecretBox::new(Box::new(vec![7; 32])))],
            base_url: "https://linkage.example".to_owned(),
            checkpoints: folder.path().join("checkpoints"),
            peers: peers.clone().into(),
            simulation: true,
            background: false,
            // What one source may ask is tested where it is kept.
            limits: Limits { per_second: NonZeroU32::MAX, burst: NonZeroU32::MAX, ..Limits::default() },
            trusted_proxies: Vec::new(),
            transport: Transport::default(),
        };
        let other = testkit::sqlite();
        let keyring = start(Keyring, options(ServiceName::Enrollment, of_keyring, &other)).await.unwrap();
        let service = Verification::new(
            Config::default(),
            "operator@linkage.example".parse().unwrap(),
            folder.path().join("evidence"),
        );
        let service = start(service, options(ServiceName::Verification, of_service, &database)).await.unwrap();
        House { service, keyring, databases: [database, other], folder }
    }

    /// Does to the rows what no release ever did.
    pub(crate) async fn spoil(&self, statement: &str) {
        let database = self.service.app().database();
        let spoilt = database.transact_for(database::Scope::Peer, async |tx: Tx| {
            tx.execute_unprepared(statement).await?;
            Ok::<_, database::Error>(Step::Commit(()))
        });
        spoilt.await.unwrap();
    }

    fn channel(&self) -> Channel {
        Endpoint::try_from(format!("http://{}", self.service.address())).unwrap().connect_lazy()
    }

    pub(crate) fn vetting(&self) -> VettingServiceClient<Channel> {
        VettingServiceClient::new(self.channel())
    }

    pub(crate) fn evidence(&self) -> EvidenceServiceClient<Channel> {
        EvidenceServiceClient::new(self.channel())
    }

    pub(crate) fn policy(&self) -> PolicyServiceClient<Channel> {
        PolicyServiceClient::new(self.channel())
    }

    /// Everything that the service's database holds.
    pub(crate) fn dump(&self) -> Vec<testkit::Table> {
        testkit::dump(self.databases[0].settings.url.expose_secret())
    }

    /// Every file that is kept or still comes in.
    pub(crate) fn evidence_files(&self) -> Vec<String> {
        files(&self.folder.path().join("evidence"))
    }

    /// A document that a killed process left half, last written to so many seconds ago.
    pub(crate) fn leave_half(&self, name: &str, seconds: u64) {
        let incoming = self.folder.path().join("evidence/incoming");
        std::fs::create_dir_all(&incoming).unwrap();
        let written =
            std::time::SystemTime::from(runtime::clock::system_time()) - std::time::Duration::from_secs(seconds);
        std::fs::File::create(incoming.join(name)).unwrap().set_modified(written).unwrap();
    }

    pub(crate) fn emails(&self) -> EmailVerificationServiceClient<Channel> {
        EmailVerificationServiceClient::new(self.channel())
    }

    /// A call of this user of this organization.
    pub(crate) fn signed<M>(&self, message: M, organization: u128, user: u128, roles: &[Role]) -> Request<M> {
        let member = Membership {
            user: id(user),
            organization: id(organization),
            roles: roles.to_vec(),
            operator: organization == OPERATOR,
            version: 1,
        };
        let claims = AccessClaims {
            person: id(user),
            email: format!("{user}@example.org"),
            display_name: String::new(),
            member: Some(member),
        };
        let (token, _) = self.keyring.app().sign_access(&claims).unwrap();
        let mut request = Request::new(message);
        let bearer = MetadataValue::try_from(format!("Bearer {token}")).unwrap();
        request.metadata_mut().insert("authorization", bearer);
        request
    }

    pub(crate) fn reviewer<M>(&self, message: M) -> Request<M> {
        self.signed(message, OPERATOR, 100, &[Role::Reviewer])
    }

    pub(crate) fn applicant<M>(&self, message: M) -> Request<M> {
        self.signed(message, APPLICANT, 200, &[Role::GlobalAdmin])
    }

    /// Cases of the applicant, as a reviewer sees them.
    pub(crate) async fn cases(&self) -> Vec<pb::VettingCase> {
        let request = pb::ListVettingCasesRequest { parent: organization(APPLICANT).name(), ..Default::default() };
        self.vetting().list_vetting_cases(self.reviewer(request)).await.unwrap().into_inner().vetting_cases
    }

    /// The applicant's one case.
    pub(crate) async fn case(&self) -> pb::VettingCase {
        let cases = self.cases().await;
        assert_eq!(cases.len(), 1);
        cases.into_iter().next().unwrap()
    }

    /// The mails that wait for notification, as they will read.
    pub(crate) async fn mails(&self) -> Vec<Mail> {
        let mut mails = Vec::new();
        for row in self.service.outbox_rows().await.unwrap() {
            if row.destination != ServiceName::Notification.as_str() {
                continue;
            }
            let payload = self.service.app().links().seal(&row.method, row.payload).unwrap();
            let message = SendMessageRequest::decode(payload.as_slice()).unwrap();
            let text = |name: &str| match &message.variables.iter().find(|variable| variable.name == name)?.value {
                Some(Value::Text(text)) => Some(text.clone()),
                other => panic!("{name}: {other:?}"),
            };
            let token = |link: String| link.split_once('#').unwrap().1.to_owned();
            mails.push(Mail {
                kind: message.kind.clone(),
                to: message.recipients[0].email.clone(),
                token: text("confirm_link").map(token).unwrap_or_default(),
                code: text("confirm_code").unwrap_or_default(),
            });
        }
        mails
    }

    /// What enrollment will be told of cases, in order.
    pub(crate) async fn told(&self) -> Vec<RecordVerificationRequest> {
        let rows = self.service.outbox_rows().await.unwrap();
        let of_enrollment = rows.into_iter().filter(|row| row.destination == ServiceName::Enrollment.as_str());
        let mut told: Vec<_> =
            of_enrollment.map(|row| RecordVerificationRequest::decode(row.payload.as_slice()).unwrap()).collect();
        told.sort_by_key(|told| (told.vetting_case.clone(), told.origin.as_ref().unwrap().version));
        told
    }

    /// The last state that enrollment will be told.
    pub(crate) async fn last_told(&self) -> String {
        self.told().await.last().unwrap().case_state.clone()
    }

    pub(crate) async fn confirm(
        &self,
        request: pb::ConfirmEmailVerificationRequest,
    ) -> Result<pb::EmailVerification, Status> {
        self.emails().confirm_email_verification(request).await.map(Response::into_inner)
    }

    /// The mails of this kind that wait for notification.
    pub(crate) async fn mails_of(&self, kind: &str) -> Vec<Mail> {
        self.mails().await.into_iter().filter(|mail| mail.kind == kind).collect()
    }

    pub(crate) async fn resend(&self, name: &str) -> Result<pb::EmailVerification, Status> {
        let request = pb::ResendEmailVerificationRequest { name: name.to_owned(), ..Default::default() };
        self.emails().resend_email_verification(self.applicant(request)).await.map(Response::into_inner)
    }

    /// Verifications of the applicant, in the order of their creation.
    pub(crate) async fn verifications(&self) -> Vec<pb::EmailVerification> {
        let request =
            pb::ListEmailVerificationsRequest { parent: organization(APPLICANT).name(), ..Default::default() };
        let listed = self.emails().list_email_verifications(self.applicant(request)).await.unwrap();
        listed.into_inner().email_verifications
    }

    /// Sets business time so many hours ahead.
    pub(crate) async fn advance(&self, hours: i64) {
        self.advance_seconds(hours * 3600).await;
    }

    /// Sets business time so many seconds ahead.
    pub(crate) async fn advance_seconds(&self, seconds: i64) {
        let offset = Some(prost_types::Duration { seconds, nanos: 0 });
        ClockServiceClient::new(self.channel()).set_offset(SetOffsetRequest { offset }).await.unwrap();
    }
}
