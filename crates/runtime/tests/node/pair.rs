//! Two services of the tests' own: one to whose subjects things happen, and one that is told.

use std::collections::{BTreeMap, HashSet};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use database::migrate::Migrations;
use http::Uri;
use ids::{Id, OrganizationId};
use runtime::{
    App, Caller, Effect, Entry, Event, Fault, Inbox, Keys, Limits, Membership, Options, Outcome, Policy, Role, Rule,
    Running, Service, ServiceName, Transport, start,
};
use secrecy::SecretBox;
use tempfile::TempDir;
use testkit::TestDatabase;
use tokio::sync::Semaphore;
use tonic::metadata::MetadataValue;
use tonic::service::Routes;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Response, Status};
use uuid::Uuid;
use wire::PeerRequest;
use wire::notification as pb;
use wire::notification::mailbox_service_server::{MailboxService, MailboxServiceServer};
use wire::notification::notification_peer_service_server::{NotificationPeerService, NotificationPeerServiceServer};
use wire::simulation::SetOffsetRequest;
use wire::simulation::clock_service_client::ClockServiceClient;
use wire::types::{LinkSeed, Reason, Variable, variable};

pub(crate) const BASE_URL: &str = "https://linkage.example";

#[derive(Clone)]
pub(crate) struct Happened {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) party: OrganizationId,
}

impl Event for Happened {
    fn entry(&self) -> Entry {
        Entry::new("Happened", self.subject.clone()).between([self.party])
    }
}

/// Tells the sink of all that happens.
pub(crate) struct Source;

impl Service for Source {
    type Event = Happened;
    const NAME: ServiceName = ServiceName::Enrollment;
    const POLICY: Policy = &[];

    fn migrations() -> Migrations {
        Migrations(Vec::new())
    }

    fn routes(_: App<Source>) -> Routes {
        Routes::default()
    }

    fn effects(event: &Happened) -> Vec<Effect> {
        vec![Effect::tell(
            ServiceName::Notification,
            pb::SendMessageRequest {
                kind: event.text.clone(),
                variables: vec![Variable::seed("link", seed())],
                ..Default::default()
            },
        )]
    }

    async fn sweep(_: &App<Source>) -> Result<usize, Fault> {
        Ok(0)
    }
}

fn seed() -> LinkSeed {
    let id = Id::<()>::from_uuid(Uuid::from_u128(7)).to_string();
    LinkSeed { purpose: "test".to_owned(), id, generation: 1, nonce: "nonce".to_owned(), code: false }
}

/// What the sink was told, and how it is to behave.
pub(crate) struct Board {
    /// Subject, text and link of each message, in the order of arrival.
    pub(crate) told: Mutex<Vec<(String, String, String)>>,
    /// Texts that are refused.
    pub(crate) refused: Mutex<HashSet<String>>,
    /// One permit for each slow call that has begun.
    pub(crate) begun: Semaphore,
    /// Slow calls end when there is a permit.
    pub(crate) may_end: Semaphore,
}

pub(crate) struct Sink(pub(crate) Arc<Board>);

struct Rpc(App<Sink>);

impl Service for Sink {
    type Event = Happened;
    const NAME: ServiceName = ServiceName::Notification;
    const POLICY: Policy = &[
        (pb::SendMessageRequest::METHOD, Rule::Peer(&[ServiceName::Enrollment])),
        ("/linkage.notification.v1.MailboxService/GetMailboxMessage", Rule::Public),
        ("/linkage.notification.v1.MailboxService/ListMailboxMessages", Rule::Public),
    ];

    fn migrations() -> Migrations {
        Migrations(Vec::new())
    }

    fn routes(app: App<Sink>) -> Routes {
        Routes::new(NotificationPeerServiceServer::new(Rpc(app.clone())))
            .add_service(MailboxServiceServer::new(Rpc(app)))
    }

    fn effects(_: &Happened) -> Vec<Effect> {
        Vec::new()
    }

    async fn sweep(_: &App<Sink>) -> Result<usize, Fault> {
        Ok(0)
    }
}

#[tonic::async_trait]
impl NotificationPeerService for Rpc {
    async fn send_message(
        &self,
        request: Request<pb::SendMessageRequest>,
    ) -> Result<Response<pb::SendMessageResponse>, Status> {
        runtime::handle!(self, request, send)
    }
}

/// What the sink is told with this text, it answers only when it may.
pub(crate) const HANGS: &str = "hangs";

async fn send(
    app: &App<Sink>,
    caller: &Caller,
    request: pb::SendMessageRequest,
) -> Result<pb::SendMessageResponse, Fault> {
    let board = &app.service().0;
    if board.refused.lock().unwrap().contains(&request.kind) {
        return Err(Fault::new(Code::InvalidArgument, Reason::FieldInvalid, "not today"));
    }
    if request.kind == HANGS {
        board.begun.add_permits(1);
        let _may_end = board.may_end.acquire().await.unwrap();
    }
    let answer = app
        .receive(caller, &request, Inbox::Newest, |_| async { Ok(Outcome::Done(Default::default(), vec![])) })
        .await?;
    let subject = request.origin.unwrap().subject;
    let link = match request.variables.into_iter().next().unwrap().value {
        Some(variable::Value::Text(text)) => text,
        other => panic!("a seed left its sender: {other:?}"),
    };
    board.told.lock().unwrap().push((subject, request.kind, link));
    Ok(answer)
}

#[tonic::async_trait]
impl MailboxService for Rpc {
    async fn list_mailbox_messages(
        &self,
        _: Request<pb::ListMailboxMessagesRequest>,
    ) -> Result<Response<pb::ListMailboxMessagesResponse>, Status> {
        panic!("a handler's defect")
    }

    /// Slow: waits until it may end.
    async fn get_mailbox_message(
        &self,
        _: Request<pb::GetMailboxMessageRequest>,
    ) -> Result<Response<pb::MailboxMessage>, Status> {
        let board = &self.0.service().0;
        board.begun.add_permits(1);
        board.may_end.acquire().await.unwrap().forget();
        Ok(Response::new(pb::MailboxMessage { text: "slow but well".to_owned(), ..Default::default() }))
    }

    type WatchMailboxMessagesStream = runtime::reply::Answers<pb::MailboxMessage>;

    async fn watch_mailbox_messages(
        &self,
        _: Request<pb::WatchMailboxMessagesRequest>,
    ) -> Result<Response<Self::WatchMailboxMessagesStream>, Status> {
        Err(Status::unimplemented("nobody watches here"))
    }
}

/// Both, running, with nothing done in the background.
pub(crate) struct Pair {
    pub(crate) source: Running<Source>,
    pub(crate) sink: Running<Sink>,
    pub(crate) board: Arc<Board>,
    pub(crate) place: Place,
}

/// What outlives the services.
pub(crate) struct Place {
    folder: TempDir,
    peers: BTreeMap<ServiceName, Uri>,
    source: TestDatabase,
    sink: TestDatabase,
}

impl Place {
    /// What a service is started with here.
    pub(crate) fn options(&self, name: ServiceName, listener: TcpListener) -> Options {
        let database = if name == Source::NAME { &self.source } else { &self.sink };
        Options {
            listener,
            database: database.settings.clone(),
            migrate: true,
            keys: Keys::in_folder(self.folder.path(), name).unwrap(),
            link_keys: vec![(1, SecretBox::new(Box::new(vec![7; 32])))],
            base_url: BASE_URL.to_owned(),
            checkpoints: self.checkpoints(),
            peers: self.peers.clone(),
            simulation: true,
            background: false,
            limits: Limits::default(),
            trusted_proxies: Vec::new(),
            transport: Transport::default(),
        }
    }

    /// Where checkpoints of the journal are kept.
    pub(crate) fn checkpoints(&self) -> PathBuf {
        self.folder.path().join("checkpoints")
    }

    /// Another source on the same database.
    pub(crate) async fn replica(&self) -> Running<Source> {
        start(Source, self.options(Source::NAME, listener())).await.unwrap()
    }
}

pub(crate) fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

impl Pair {
    pub(crate) async fn start(database: TestDatabase) -> Pair {
        Pair::by(database, Transport::default(), Transport::default()).await
    }

    /// Both, reached in these ways.
    pub(crate) async fn by(database: TestDatabase, to_source: Transport, to_sink: Transport) -> Pair {
        let (of_source, of_sink) = (listener(), listener());
        let peers = [(Source::NAME, &of_source, &to_source), (Sink::NAME, &of_sink, &to_sink)].map(|(name, at, to)| {
            let scheme = if to.certificate.is_some() { "https" } else { "http" };
            (name, format!("{scheme}://{}", at.local_addr().unwrap()).parse().unwrap())
        });
        let sink = database.another().await;
        let place = Place { folder: tempfile::tempdir().unwrap(), peers: peers.into(), source: database, sink };
        let board = Arc::new(Board {
            told: Mutex::default(),
            refused: Mutex::default(),
            begun: Semaphore::new(0),
            may_end: Semaphore::new(0),
        });
        let options = Options { transport: to_source, ..place.options(Source::NAME, of_source) };
        let source = start(Source, options).await.unwrap();
        let options = Options { transport: to_sink, ..place.options(Sink::NAME, of_sink) };
        let sink = start(Sink(Arc::clone(&board)), options).await.unwrap();
        Pair { source, sink, board, place }
    }

    /// Lets something happen to a subject of the source.
    pub(crate) async fn happen(&self, subject: &str, text: &str) {
        self.happen_at_once(&[subject], text).await;
    }

    /// Lets the same happen to several subjects in one change.
    pub(crate) async fn happen_at_once(&self, subjects: &[&str], text: &str) {
        let of = |subject: &&str| Happened { subject: (*subject).to_owned(), text: text.to_owned(), party: party() };
        let events: &Vec<_> = &subjects.iter().map(of).collect();
        self.source.app().sweep(|_| async move { Ok(events.clone()) }).await.unwrap();
    }

    /// Texts that the sink was told, by subject, in the order of arrival.
    pub(crate) fn told(&self, subject: &str) -> Vec<String> {
        let told = self.board.told.lock().unwrap();
        told.iter().filter(|(of, ..)| of == subject).map(|(_, text, _)| text.clone()).collect()
    }

    pub(crate) fn refuse(&self, text: &str) {
        self.board.refused.lock().unwrap().insert(text.to_owned());
    }

    pub(crate) fn refuse_nothing(&self) {
        self.board.refused.lock().unwrap().clear();
    }

    /// Sets the source's clock ahead.
    pub(crate) async fn set_offset(&self, seconds: i64) -> Result<(), Status> {
        let offset = Some(prost_types::Duration { seconds, nanos: 0 });
        let mut client = ClockServiceClient::new(channel(self.source.address()));
        client.set_offset(SetOffsetRequest { offset }).await.map(drop)
    }

    /// A request of the source's own user, signed in.
    pub(crate) fn request<M>(&self, message: M, organization: OrganizationId, operator: bool) -> Request<M> {
        let member = Membership {
            user: Id::from_uuid(Uuid::from_u128(1)),
            organization,
            roles: vec![Role::Operator],
            operator,
            version: 1,
        };
        let claims = runtime::AccessClaims {
            person: Id::from_uuid(Uuid::from_u128(2)),
            email: "op@example.org".to_owned(),
            display_name: String::new(),
            member: Some(member),
        };
        let (token, _) = self.source.app().sign_access(&claims).unwrap();
        let mut request = Request::new(message);
        let bearer = MetadataValue::try_from(format!("Bearer {token}")).unwrap();
        request.metadata_mut().insert("authorization", bearer);
        request
    }
}

/// The organization that may read of what happens.
pub(crate) fn party() -> OrganizationId {
    Id::from_uuid(Uuid::from_u128(42))
}

pub(crate) fn channel(address: SocketAddr) -> Channel {
    Endpoint::try_from(format!("http://{address}")).unwrap().connect_lazy()
}

/// `google.rpc.ErrorInfo.reason`.
pub(crate) fn reason(status: &Status) -> String {
    use tonic_types::StatusExt;
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}
