//! In enrollment's place: it signs tokens, and calls as the sibling would.

use database::migrate::Migrations;
use runtime::{App, Effect, Entry, Event, Fault, Policy, Service, ServiceName};
use tonic::service::Routes;

pub(crate) struct Nothing;

impl Event for Nothing {
    fn entry(&self) -> Entry {
        Entry::new("Nothing", "nothing")
    }
}

/// In enrollment's place.
pub(super) struct Keyring;

impl Service for Keyring {
    type Event = Nothing;
    const NAME: ServiceName = ServiceName::Enrollment;
    const POLICY: Policy = &[];

    fn migrations() -> Migrations {
        Migrations(Vec::new())
    }

    fn routes(_: App<Keyring>) -> Routes {
        Routes::default()
    }

    fn effects(_: &Nothing) -> Vec<Effect> {
        Vec::new()
    }

    async fn sweep(_: &App<Keyring>) -> Result<usize, Fault> {
        Ok(0)
    }
}
