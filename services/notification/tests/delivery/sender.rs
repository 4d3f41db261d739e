//! The service under test, and a stand-in for the sibling that asks and signs people in.

use std::collections::BTreeMap;
use std::net::TcpListener;

use database::journal::{self, NewEntry};
use database::migrate::Migrations;
use ids::{EventId, Id, RawId};
use notification::{Config, Notification};
use prost_types::{Duration, Timestamp};
use runtime::{
    AccessClaims, App, Effect, Fault, Keys, Limits, Membership, Options, Policy, Role, Running, Service, ServiceName,
    Transport, start,
};
use sea_orm::{ConnectionTrait, Statement};
use secrecy::SecretBox;
use tempfile::TempDir;
use testkit::TestDatabase;
use tonic::metadata::MetadataValue;
use tonic::service::Routes;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};
use wire::notification as pb;
use wire::notification::mailbox_service_client::MailboxServiceClient;
use wire::notification::notification_peer_service_client::NotificationPeerServiceClient;
use wire::simulation::SetOffsetRequest;
use wire::simulation::clock_service_client::ClockServiceClient;
use wire::types::{Origin, Variable, variable};

/// Nothing ever happens to it.
pub(crate) enum Never {}

impl runtime::Event for Never {
    fn entry(&self) -> runtime::Entry {
        match *self {}
    }
}

/// The sibling.
pub(crate) struct Sibling;

impl Service for Sibling {
    type Event = Never;
    const NAME: ServiceName = ServiceName::Enrollment;
    const POLICY: Policy = &[];

    fn migrations() -> Migrations {
        Migrations(Vec::new())
    }

    fn routes(_: App<Sibling>) -> Routes {
        Routes::default()
    }

    fn effects(event: &Never) -> Vec<Effect> {
        match *event {}
    }

    async fn sweep(_: &App<Sibling>) -> Result<usize, Fault> {
        Ok(0)
    }
}

/// Both, running, with nothing done in the background.
pub(crate) struct Pair {
    pub(crate) sibling: Running<Sibling>,
    pub(crate) notification: Running<Notification>,
    _folder: TempDir,
    _databases: [TestDatabase; 2],
}

impl Pair {
    pub(crate) async fn start(database: TestDatabase, config: Config) -> Pair {
        let [for_sibling, for_notification] = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let listeners = [(ServiceName::Enrollment, &for_sibling), (ServiceName::Notification, &for_notification)];
        let uri = |listener: &TcpListener| format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let peers: BTreeMap<_, _> = listeners.map(|(name, listener)| (name, uri(listener))).into();
        let folder = tempfile::tempdir().unwrap();
        let options = |name, listener, database: &TestDatabase| Options {
            listener,
            database: database.settings.clone(),
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
        let sibling = start(Sibling, options(ServiceName::Enrollment, for_sibling, &other)).await.unwrap();
        let options = options(ServiceName::Notification, for_notification, &database);
        let notification = start(Notification::new(config).unwrap(), options).await.unwrap();
        Pair { sibling, notification, _folder: folder, _databases: [database, other] }
    }

    /// Asks as the sibling.
    pub(crate) async fn send(&self, request: pb::SendMessageRequest) -> Result<(), Status> {
        let channel = self.sibling.app().peers().client(ServiceName::Notification);
        NotificationPeerServiceClient::new(channel).send_message(request).await.map(drop)
    }

    pub(crate) async fn sweep(&self) -> usize {
        self.notification.sweep_once().await.unwrap()
    }

    /// Sweeps as a service does by itself, again and again.
    pub(crate) async fn keep_sweeping(&self) {
        loop {
            self.sweep().await;
            tokio::task::yield_now().await;
        }
    }

    pub(crate) fn channel(&self) -> Channel {
        Endpoint::try_from(format!("http://{}", self.notification.address())).unwrap().connect_lazy()
    }

    /// The mails of a mailbox, as the operator sees them.
    pub(crate) async fn mails(&self, parent: &str) -> Vec<pb::MailboxMessage> {
        let request = pb::ListMailboxMessagesRequest { parent: parent.to_owned(), ..Default::default() };
        let answer = MailboxServiceClient::new(self.channel()).list_mailbox_messages(self.signed(request, true)).await;
        answer.unwrap().into_inner().mailbox_messages
    }

    /// A request of somebody signed in, who is an operator or not.
    pub(crate) fn signed<M>(&self, message: M, operator: bool) -> Request<M> {
        let member = Membership {
            user: Id::from_uuid(RawId::from_u128(1)),
            organization: Id::from_uuid(RawId::from_u128(2)),
            roles: vec![if operator { Role::Operator } else { Role::GlobalAdmin }],
            operator,
            version: 1,
        };
        let claims = AccessClaims {
            person: Id::from_uuid(RawId::from_u128(3)),
            email: "op@example.org".to_owned(),
            display_name: String::new(),
            member: Some(member),
        };
        let (token, _) = self.sibling.app().sign_access(&claims).unwrap();
        let mut request = Request::new(message);
        let bearer = MetadataValue::try_from(format!("Bearer {token}")).unwrap();
        request.metadata_mut().insert("authorization", bearer);
        request
    }

    pub(crate) async fn set_offset(&self, seconds: i64) {
        let request = SetOffsetRequest { offset: Some(Duration { seconds, nanos: 0 }) };
        ClockServiceClient::new(self.channel()).set_offset(request).await.unwrap();
    }

    /// What the journal says of messages, in order.
    pub(crate) async fn journal(&self) -> Vec<NewEntry> {
        self.notification.number_once().await.unwrap();
        let filter = journal::ListFilter { limit: 200, ..Default::default() };
        let entries = journal::list(self.notification.app().database().reader(), &filter).await.unwrap();
        entries.into_iter().map(|entry| entry.event).collect()
    }

    /// Every value of every row of a table, as text.
    pub(crate) async fn rows(&self, table: &str) -> Vec<String> {
        let connection = self.notification.app().database().reader();
        let columns = "source || event || subject || mailbox || hint || domain || kind || state \
                       || COALESCE(CAST(contents AS TEXT), '') || COALESCE(last_error, '')";
        // Its own ids are of no interest, and not text everywhere.
        let columns = columns.replace("event || ", "");
        let statement = format!("SELECT {columns} AS everything FROM {table}");
        let rows = connection.query_all_raw(Statement::from_string(connection.get_database_backend(), statement)).await;
        rows.unwrap().iter().map(|row| row.try_get("", "everything").unwrap()).collect()
    }

    /// Changes rows behind the service's back.
    pub(crate) async fn execute(&self, statement: &'static str) {
        let change = |tx: database::Tx| async move {
            tx.execute_unprepared(statement).await?;
            Ok::<_, database::Error>(database::Step::Commit(()))
        };
        self.notification.app().database().transact(change).await.unwrap();
    }

    pub(crate) async fn happened(&self) -> Vec<String> {
        self.journal().await.into_iter().map(|entry| entry.kind).collect()
    }
}

/// A request for Ada, in Swedish, caused by this event.
pub(crate) fn verification(event: u128) -> pb::SendMessageRequest {
    let text = |name: &str, text: &str| Variable {
        name: name.to_owned(),
        value: Some(variable::Value::Text(text.to_owned())),
    };
    pb::SendMessageRequest {
        origin: Some(Origin {
            source: "enrollment".to_owned(),
            epoch: 1,
            event_id: EventId::from_uuid(RawId::from_u128(event)).to_string(),
            subject: "emailVerifications/x".to_owned(),
            version: 1,
            occur_time: Some(Timestamp { seconds: 1_800_000_000, nanos: 0 }),
            ..Default::default()
        }),
        kind: "email-verification".to_owned(),
        recipients: vec![pb::Recipient {
            email: "Ada@example.com".to_owned(),
            display_name: "Ada Lovelace".to_owned(),
            language_code: "sv-SE".to_owned(),
        }],
        reply_to: String::new(),
        variables: vec![
            text("recipient_name", "Ada"),
            text("company", "Nordic Cloud AB"),
            text("confirm_link", "https://linkage.example/email-verification#1.abc.1.def"),
            text("confirm_code", "k3f9d2aa"),
            text("expire_date", "2026-11-29T14:05:00Z"),
        ],
    }
}

/// The same to other addresses.
pub(crate) fn to(mut request: pb::SendMessageRequest, addresses: &[&str]) -> pb::SendMessageRequest {
    let recipient = |email: &&str| pb::Recipient { email: (*email).to_owned(), ..Default::default() };
    request.recipients = addresses.iter().map(recipient).collect();
    request
}
