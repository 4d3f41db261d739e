//! Two processes, each with all four services, on the same four PostgreSQL databases.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::process::Command;
use std::time::{Duration, Instant};

use linkage::ServiceName;
use secrecy::ExposeSecret;
use testkit::TestDatabase;

use crate::caller::{Caller, addresses, data};
use crate::program::{BINARY, Place, Process};
use crate::signals::Serving;

/// How long what is waited for may take: several leases, and a transaction that nobody goes on with.
const PATIENCE: Duration = Duration::from_secs(120);
/// Whether the clock of a process may be moved.
pub(crate) const SIMULATION: &str = "LINKAGE_SIMULATION__ENABLED";
/// Between two looks.
pub(crate) const BREATH: Duration = Duration::from_millis(100);

/// Entries that have no number yet.
const UNNUMBERED: &str = "SELECT id::text FROM journal WHERE sequence IS NULL";

/// Whose a lease is, and at which epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) owner: String,
    pub(crate) epoch: i64,
}

/// Leases by service and name.
pub(crate) type Leases = BTreeMap<(ServiceName, String), Held>;

/// Where the two run.
pub(crate) struct Pair {
    first: Place,
    /// Its ports are those of the second process, which shares everything else.
    second: Place,
    urls: BTreeMap<ServiceName, String>,
    _kept: Vec<TestDatabase>,
}

impl Pair {
    /// None without PostgreSQL.
    pub(crate) fn new() -> Option<Pair> {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let (mut urls, mut kept) = (BTreeMap::new(), Vec::new());
        for service in ServiceName::ALL {
            let database = runtime.block_on(testkit::postgres())?;
            urls.insert(service, database.settings.url.expose_secret().to_owned());
            kept.push(database);
        }
        Some(Pair::on(urls, kept))
    }

    /// On these empty databases.
    pub(crate) fn on(urls: BTreeMap<ServiceName, String>, kept: Vec<TestDatabase>) -> Pair {
        let mut first = Place::new();
        for (service, url) in &urls {
            first.set(&variable(*service, "DATABASE"), url);
            first.set(&variable(*service, "MAX_CONNECTIONS"), "4");
        }
        // As they are deployed: another role than the tables' owner serves.
        let mut migrate = first.command(&["migrate"]);
        migrate.envs(ServiceName::ALL.map(|service| (variable(service, "ROLE"), testkit::SERVING)));
        done(migrate);
        for (service, url) in &urls {
            first.set(&variable(*service, "DATABASE"), testkit::serving(url));
        }
        done(first.command(&["bootstrap"]));
        Pair { first, second: Place::new(), urls, _kept: kept }
    }

    /// Starts one of the two with further variables; its clock may be moved unless they say otherwise.
    pub(crate) fn start(&self, second: bool, variables: &[(String, String)]) -> Serving {
        let mut command = self.command_of(BINARY, &["serve"]);
        if second {
            command.envs(listening(&self.second));
        }
        Serving::start(command.envs(variables.iter().cloned()))
    }

    /// A command of a release's binary with these databases; its clock may be moved.
    pub(crate) fn command_of(&self, binary: &str, arguments: &[&str]) -> Command {
        let mut command = self.first.command_of(binary, arguments);
        command.env(SIMULATION, "true");
        command
    }

    /// Somebody who speaks to one of the two.
    pub(crate) fn caller(&self, second: bool) -> Caller {
        self.caller_at(&self.addresses(second))
    }

    /// Somebody who speaks to services there.
    pub(crate) fn caller_at(&self, addresses: &BTreeMap<ServiceName, SocketAddr>) -> Caller {
        Caller::new(addresses, &data(&self.first))
    }

    /// Where one of the two listens.
    pub(crate) fn addresses(&self, second: bool) -> BTreeMap<ServiceName, SocketAddr> {
        addresses(if second { &self.second } else { &self.first })
    }

    /// What a query says of one service's database.
    pub(crate) fn ask(&self, service: ServiceName, query: &str) -> Vec<String> {
        testkit::ask(&self.urls[&service], query)
    }

    /// All leases of all services.
    pub(crate) fn leases(&self) -> Leases {
        let mut leases = BTreeMap::new();
        for service in ServiceName::ALL {
            for row in self.ask(service, "SELECT name || ' ' || epoch || ' ' || owner FROM lease") {
                let mut parts = row.splitn(3, ' ').map(str::to_owned);
                let [name, epoch, owner] = [(); 3].map(|()| parts.next().expect("three parts"));
                leases.insert((service, name), Held { owner, epoch: epoch.parse().expect("an epoch") });
            }
        }
        leases
    }

    /// Waits until the leases are like that; looks again after each breath of a process that serves.
    pub(crate) fn until(&self, process: &mut Process, is_so: impl Fn(&Leases) -> bool) -> Leases {
        let began = Instant::now();
        loop {
            let leases = self.leases();
            if is_so(&leases) {
                return leases;
            }
            assert!(began.elapsed() < PATIENCE, "it never comes: {leases:#?}");
            process.line(BREATH);
        }
    }

    /// Waits until the last entries have their numbers, before the processes are stopped.
    pub(crate) fn until_numbered(&self, process: &mut Process) {
        let began = Instant::now();
        let unnumbered = |service| !self.ask(service, UNNUMBERED).is_empty();
        while ServiceName::ALL.into_iter().any(unnumbered) {
            assert!(began.elapsed() < PATIENCE, "entries stay without a number");
            process.line(BREATH);
        }
    }

    /// Everything was numbered without gap, and nothing changed afterwards.
    pub(crate) fn assert_chained(&self) {
        let command = self.first.command(&[]);
        let text = |text: &std::ffi::OsStr| text.to_string_lossy().into_owned();
        let environment = command.get_envs().filter_map(|(name, value)| Some((text(name), text(value?)))).collect();
        let settings = linkage::settings::load(&[], environment, &[]).expect("the configuration");
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        for (service, broken) in runtime.block_on(linkage::audit::chains(&settings)).expect("the journals") {
            assert!(broken.is_empty(), "the journal of {service}: {broken:?}");
            assert_eq!(self.ask(service, UNNUMBERED), Vec::<String>::new(), "{service}");
        }
    }
}

/// Whether one of these owners numbers the journal and sweeps in every service.
pub(crate) fn works_alone(leases: &Leases, owners: impl Fn(&str) -> bool) -> bool {
    let is_owned =
        |service, name: &str| leases.get(&(service, name.to_owned())).is_some_and(|held| owners(&held.owner));
    ServiceName::ALL.into_iter().all(|service| is_owned(service, "numbering") && is_owned(service, "sweep"))
}

/// Everybody who holds a lease.
pub(crate) fn owners(leases: &Leases) -> BTreeSet<String> {
    leases.values().map(|held| held.owner.clone()).collect()
}

/// The variable of a service's section.
pub(crate) fn variable(service: ServiceName, key: &str) -> String {
    format!("LINKAGE_{}__{key}", service.as_str().to_uppercase())
}

fn done(command: Command) {
    let ended = Process::start(command).end();
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
}

fn listening(place: &Place) -> Vec<(String, String)> {
    addresses(place).into_iter().map(|(service, address)| (variable(service, "LISTEN"), address.to_string())).collect()
}
