//! A stage for stories: all four services in this process on free ports and empty databases, moved by hand.

// Paths, since `tests/long` takes this file too.
#[path = "harness/call.rs"]
pub(crate) mod call;
#[path = "harness/clock.rs"]
mod clock;
#[path = "harness/log.rs"]
pub(crate) mod log;
#[path = "harness/machine.rs"]
mod machine;
#[path = "harness/mail.rs"]
mod mail;
#[path = "harness/search.rs"]
mod search;
#[path = "harness/settle.rs"]
mod settle;

use std::collections::BTreeSet;
use std::path::Path;

use linkage::people::People;
use linkage::{Client, Mode, ServiceName, Settings, Suite};
use secrecy::ExposeSecret as _;
use tempfile::TempDir;
use testkit::TestDatabase;

/// Tells a story once per database. Afterwards nothing may be left to deliver.
pub(crate) async fn each(story: impl AsyncFn(&mut Stage)) {
    each_as(Mode::BY_HAND, story).await;
}

/// Like [`each`], with services started in another way.
pub(crate) async fn each_as(mode: Mode, story: impl AsyncFn(&mut Stage)) {
    testkit::on_every_database(async |database| {
        let mut stage = Stage::open(database, mode).await;
        story(&mut stage).await;
        stage.close().await;
    })
    .await;
}

/// Tells a story once, on SQLite alone: for what does not depend on the database.
pub(crate) async fn on_sqlite(story: impl AsyncFn(&mut Stage)) {
    let mut stage = Stage::open(testkit::sqlite(), Mode::BY_HAND).await;
    story(&mut stage).await;
    stage.close().await;
}

/// Tells a story once, on PostgreSQL where it is at hand: for what the services refuse before it gets there, and SQLite would take.
pub(crate) async fn on_the_stricter(story: impl AsyncFn(&mut Stage)) {
    let database = testkit::postgres().await.unwrap_or_else(testkit::sqlite);
    let mut stage = Stage::open(database, Mode::BY_HAND).await;
    story(&mut stage).await;
    stage.close().await;
}

/// The four services and who speaks to them.
pub(crate) struct Stage {
    /// Reaches any RPC by its name.
    pub(crate) client: Client,
    /// Signs people in.
    pub(crate) people: People,
    /// What the services were started with, the ports they got included.
    pub(crate) settings: Settings,
    pub(crate) suite: Suite,
    mode: Mode,
    offset: chrono::TimeDelta,
    left_overs: bool,
    /// The writes that worked, in their order.
    pub(crate) writes: Vec<call::Write>,
    /// What requests and answers said that no log may say.
    shown: BTreeSet<String>,
    pub(crate) programme: Option<crate::scenes::Programme>,
    databases: Vec<TestDatabase>,
    _folder: TempDir,
}

impl Stage {
    async fn open(first: TestDatabase, mode: Mode) -> Stage {
        if log::is_searched() {
            log::listen();
        }
        let folder = tempfile::Builder::new().prefix("linkage-stage-").tempdir().expect("a folder for keys");
        let mut databases = vec![first];
        while databases.len() < ServiceName::ALL.len() {
            databases.push(databases[0].another().await);
        }
        let mut settings = settings(folder.path(), &databases);
        let suite = Suite::start(&settings, &ServiceName::ALL, mode).await.expect("the suite starts");
        let addresses = suite.addresses();
        settings.enrollment.listen = addresses[&ServiceName::Enrollment];
        settings.verification.listen = addresses[&ServiceName::Verification];
        settings.relationship.listen = addresses[&ServiceName::Relationship];
        settings.notification.listen = addresses[&ServiceName::Notification];
        Stage {
            client: Client::new(&addresses).expect("a client"),
            people: linkage::token::people(&settings).expect("the development issuer's key"),
            settings,
            suite,
            mode,
            offset: chrono::TimeDelta::zero(),
            left_overs: false,
            writes: Vec::new(),
            shown: BTreeSet::new(),
            programme: None,
            databases,
            _folder: folder,
        }
    }

    /// The operator's address.
    pub(crate) fn operator(&self) -> String {
        self.settings.operator.email.clone()
    }

    /// Whether several processes may share its databases.
    pub(crate) fn can_be_replicated(&self) -> bool {
        self.databases[0].name == "postgres"
    }

    /// A second replica of every service on the same databases, and a client of it.
    pub(crate) async fn replica(&self) -> (Suite, Client) {
        let mut settings = self.settings.clone();
        let any = ([127, 0, 0, 1], 0).into();
        settings.enrollment.listen = any;
        settings.verification.listen = any;
        settings.relationship.listen = any;
        settings.notification.listen = any;
        let suite = Suite::start(&settings, &ServiceName::ALL, self.mode).await.expect("a second suite starts");
        let client = Client::new(&suite.addresses()).expect("a client");
        (suite, client)
    }

    /// Everything that a service's database holds.
    pub(crate) fn dump(&self, service: ServiceName) -> Vec<testkit::Table> {
        testkit::dump(self.settings.database(service).url.expose_secret())
    }

    /// Whether this service serves now.
    pub(crate) fn runs(&self, service: ServiceName) -> bool {
        self.suite.nodes().iter().any(|node| node.name() == service)
    }

    /// Stops one service; its port and its database are kept for [`Stage::restart`].
    pub(crate) async fn stop(&mut self, service: ServiceName) {
        self.suite.take(service).expect("it runs").stop().await;
    }

    /// Starts a stopped service again, on its port and its database.
    pub(crate) async fn restart(&mut self, service: ServiceName) {
        let again = Suite::start(&self.settings, &[service], self.mode).await.expect("it starts again");
        self.suite.join(again);
        self.set_offset(self.offset).await;
    }

    /// From here on every service relays and sweeps by itself, as it does in production.
    pub(crate) async fn let_run(&mut self) {
        for service in ServiceName::ALL {
            self.stop(service).await;
        }
        self.mode = Mode::EMBEDDED;
        for service in ServiceName::ALL {
            self.restart(service).await;
        }
    }

    /// Declares that the story ends with messages that were not delivered.
    pub(crate) fn leave_messages(&mut self) {
        self.left_overs = true;
    }

    async fn close(mut self) {
        if !self.left_overs && self.mode == Mode::BY_HAND {
            self.settle().await;
            let stuck = self.stuck().await;
            assert!(stuck.is_empty(), "the story left messages undelivered:\n{}", stuck.join("\n"));
        }
        if log::is_searched() {
            self.search();
        }
        let Stage { suite, settings, databases: _databases, _folder, .. } = self;
        suite.stop().await;
        for (service, broken) in linkage::audit::chains(&settings).await.expect("the journals can be read") {
            assert!(broken.is_empty(), "the journal of {service} was changed after it was written: {broken:?}");
        }
    }
}

fn settings(folder: &Path, databases: &[TestDatabase]) -> Settings {
    let mut settings = Settings::shipped().expect("the shipped configuration");
    linkage::play::fresh(&mut settings, folder);
    // Stories call faster than people do, and all from one address.
    settings.limits.per_second = std::num::NonZeroU32::MAX;
    settings.limits.burst = std::num::NonZeroU32::MAX;
    settings.limits.caller_per_second = std::num::NonZeroU32::MAX;
    settings.limits.method_per_second = std::num::NonZeroU32::MAX;
    settings.limits.organization_per_second = std::num::NonZeroU32::MAX;
    settings.notification.service.recipient_per_minute = 0;
    settings.notification.service.domain_per_minute = 0;
    let [enrollment, verification, relationship, notification] = databases else { panic!("four databases") };
    settings.enrollment.database = enrollment.settings.url.clone();
    settings.verification.database = verification.settings.url.clone();
    settings.relationship.database = relationship.settings.url.clone();
    settings.notification.database = notification.settings.url.clone();
    settings.enrollment.max_connections = 4;
    settings.verification.max_connections = 4;
    settings.relationship.max_connections = 4;
    settings.notification.max_connections = 4;
    settings
}
