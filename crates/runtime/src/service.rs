//! What a service must say about itself to be run.

use std::future::Future;

use database::Tx;
use database::migrate::Migrations;
use tonic::service::Routes;

use crate::{App, Applications, Effect, Event, Fault, Policy};

/// The four services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServiceName {
    /// Who are you, and are you in good standing?
    Enrollment,
    /// Is it true?
    Verification,
    /// Who may act for whom?
    Relationship,
    /// Who was told?
    Notification,
}

impl ServiceName {
    /// All four, in the order in which they are started.
    pub const ALL: [ServiceName; 4] =
        [ServiceName::Enrollment, ServiceName::Verification, ServiceName::Relationship, ServiceName::Notification];

    /// The name in configuration, tokens and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            ServiceName::Enrollment => "enrollment",
            ServiceName::Verification => "verification",
            ServiceName::Relationship => "relationship",
            ServiceName::Notification => "notification",
        }
    }

    /// The port it listens on unless configured otherwise.
    pub fn port(self) -> u16 {
        match self {
            ServiceName::Enrollment => 50051,
            ServiceName::Verification => 50052,
            ServiceName::Relationship => 50053,
            ServiceName::Notification => 50054,
        }
    }

    /// The service of this name.
    pub fn parse(name: &str) -> Option<ServiceName> {
        Self::ALL.into_iter().find(|service| service.as_str() == name)
    }
}

impl std::fmt::Display for ServiceName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// One of the four services.
pub trait Service: Send + Sync + Sized + 'static {
    /// What can happen here.
    type Event: Event;

    /// Which of the four it is.
    const NAME: ServiceName;

    /// Who may call what; an RPC without a row is refused.
    const POLICY: Policy;

    /// What each role of applications may call; all else is refused.
    const APPLICATIONS: Applications = &[];

    /// RPCs that are answered though everything else waits: they read by `database().reserve()` alone.
    const URGENT: &[&str] = &[];

    /// RPCs whose caller sends a file piece by piece: they have longer than others to arrive, and to be answered.
    const UPLOADS: &[&str] = &[];

    /// Its own tables, beside those of the data layer.
    fn migrations() -> Migrations;

    /// Its gRPC services, those that only siblings may call included.
    fn routes(app: App<Self>) -> Routes;

    /// What an event causes at siblings: the whole list, on one page.
    fn effects(event: &Self::Event) -> Vec<Effect>;

    /// Writes down what time alone has changed; says how many rows it moved.
    fn sweep(app: &App<Self>) -> impl Future<Output = Result<usize, Fault>> + Send;

    /// Tells its own metrics that are read rather than counted. Asked now and then, where there is a collector.
    fn measure(_: &App<Self>) -> impl Future<Output = Result<(), Fault>> + Send {
        std::future::ready(Ok(()))
    }

    /// Voids what was handed out before the data were restored from a backup and may have been used since: mailed links and codes, and sessions. What
    /// became of them is not known any more, nor how many there were: what they are derived from becomes another, by the epoch that begins. Says how many
    /// rows.
    fn forget_handed_out(_: &Tx, _epoch: i64) -> impl Future<Output = Result<u64, database::Error>> + Send {
        std::future::ready(Ok(0))
    }

    /// Lets work that outlives a sweep come to its end, once no sweep begins any more.
    fn drain(_: &App<Self>) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }
}
