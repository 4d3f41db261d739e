//! Four processes as they are deployed: each service alone with its own PostgreSQL database, a proxy before each database and
//! one before each sibling for each that calls it.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use linkage::ServiceName;
use secrecy::ExposeSecret;
use testkit::TestDatabase;

use crate::caller::{Caller, addresses};
use crate::oracle;
use crate::program::Place;
use crate::proxy::{Proxy, Target};
use crate::signals::Serving;

/// How long what is waited for may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks.
const BREATH: Duration = Duration::from_millis(20);

/// The four processes and everything between them.
pub(crate) struct Four {
    pub(crate) place: Place,
    /// Where the databases are without the proxies.
    urls: BTreeMap<ServiceName, String>,
    /// Variables of every process.
    variables: Vec<(String, String)>,
    databases: BTreeMap<ServiceName, Proxy>,
    /// By who calls and who is called.
    peers: BTreeMap<(ServiceName, ServiceName), Proxy>,
    running: BTreeMap<ServiceName, Serving>,
    pub(crate) offset: Cell<i64>,
    _kept: Vec<TestDatabase>,
}

impl Four {
    /// Four processes that serve; none where there is no PostgreSQL.
    pub(crate) fn start(variables: &[(&str, &str)]) -> Option<Four> {
        let databases = databases()?;
        let url = |database: &TestDatabase| database.settings.url.expose_secret().to_owned();
        let urls = ServiceName::ALL.into_iter().zip(databases.iter().map(url)).collect();
        Some(Four::on(urls, databases, variables))
    }

    /// Four processes that serve on these empty databases.
    pub(crate) fn on(urls: BTreeMap<ServiceName, String>, kept: Vec<TestDatabase>, variables: &[(&str, &str)]) -> Four {
        let mut place = Place::new();
        for (service, url) in &urls {
            place.set(&variable(*service, "DATABASE"), url.as_str());
        }
        let run = |command| {
            let ended = place.run(&[command]);
            assert_eq!(ended.code, Some(0), "{command}: {}{}", ended.out, ended.err);
        };
        run("migrate");
        urls.values().for_each(|url| oracle::watch(url));
        run("bootstrap");
        let listen = addresses(&place);
        let pairs = ServiceName::ALL.into_iter().flat_map(|from| ServiceName::ALL.map(|to| (from, to)));
        let peers = pairs.filter(|(from, to)| from != to);
        let mut four = Four {
            databases: urls.iter().map(|(service, url)| (*service, Proxy::start(target(url)))).collect(),
            peers: peers.map(|pair| (pair, Proxy::start(Target::Tcp(listen[&pair.1])))).collect(),
            place,
            urls,
            variables: variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            running: BTreeMap::new(),
            offset: Cell::new(0),
            _kept: kept,
        };
        four.begin(&ServiceName::ALL);
        four
    }

    /// Who speaks to the four; one attempt for each call.
    pub(crate) fn caller(&self) -> Caller {
        let mut caller = Caller::of(&self.place);
        caller.insists = Duration::ZERO;
        caller
    }

    /// The way from a service to its database.
    pub(crate) fn database(&self, of: ServiceName) -> &Proxy {
        &self.databases[&of]
    }

    /// The way by which one service calls another.
    pub(crate) fn peer(&self, from: ServiceName, to: ServiceName) -> &Proxy {
        &self.peers[&(from, to)]
    }

    /// Every way between two services.
    pub(crate) fn ways(&self) -> impl Iterator<Item = &Proxy> {
        self.peers.values()
    }

    /// What was sent to each service on connections that were recorded.
    pub(crate) fn recorded(&self) -> Vec<(ServiceName, Vec<u8>)> {
        let of = |((_, to), way): (&(ServiceName, ServiceName), &Proxy)| {
            way.recorded().into_iter().map(|recording| (*to, recording)).collect::<Vec<_>>()
        };
        self.peers.iter().flat_map(of).collect()
    }

    /// Starts these, all at once, and returns once they serve. What they held before they were killed is free: the ten
    /// seconds of a lease are let pass in the database.
    pub(crate) fn begin(&mut self, services: &[ServiceName]) {
        for service in services {
            self.ask(*service, "UPDATE lease SET until = now() - interval '1 minute'");
        }
        let commands: Vec<_> = services.iter().map(|service| (*service, self.serve(*service))).collect();
        let begun: Vec<_> = thread::scope(|scope| {
            let starting: Vec<_> = commands
                .into_iter()
                .map(|(service, command)| (service, scope.spawn(move || Serving::start(&command))))
                .collect();
            starting.into_iter().map(|(service, serving)| (service, serving.join().expect("it serves"))).collect()
        });
        self.running.extend(begun);
    }

    /// Ends it at once: SIGKILL. What was kept back on its connections is lost with it.
    pub(crate) fn kill(&mut self, service: ServiceName) {
        self.running.remove(&service).expect("it runs").process.kill();
        let own = |((from, _), proxy): (&(ServiceName, ServiceName), &Proxy)| {
            if *from == service {
                proxy.cut();
                proxy.release();
            }
        };
        self.peers.iter().for_each(own);
        self.databases[&service].cut();
        self.databases[&service].release();
    }

    /// Kills it and starts it again.
    pub(crate) fn restart(&mut self, service: ServiceName) {
        self.kill(service);
        self.begin(&[service]);
    }

    /// What a query says of a service's database, past the proxy.
    pub(crate) fn ask(&self, service: ServiceName, query: &str) -> Vec<String> {
        testkit::ask(&self.urls[&service], query)
    }

    /// Waits until a query of one truth value says so.
    pub(crate) fn until(&self, service: ServiceName, query: &str) {
        let (began, query) = (Instant::now(), format!("SELECT ({query})::text"));
        while self.ask(service, &query) != ["true"] {
            assert!(began.elapsed() < PATIENCE, "{service}: never true: {query}");
            self.breathe();
        }
    }

    /// Lets a moment pass between two looks.
    pub(crate) fn breathe(&self) {
        thread::park_timeout(BREATH);
    }

    fn serve(&self, service: ServiceName) -> Command {
        let mut command = self.place.command(&["serve", service.as_str(), "--simulation"]);
        let database = through(&self.urls[&service], &self.databases[&service]);
        command.env(variable(service, "DATABASE"), database);
        for sibling in ServiceName::ALL {
            command.env(variable(sibling, "MAX_CONNECTIONS"), "6");
        }
        for ((_, to), proxy) in self.peers.iter().filter(|((from, _), _)| *from == service) {
            command.env(variable(*to, "ADDRESS"), format!("http://{}", proxy.address()));
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }
}

fn databases() -> Option<Vec<TestDatabase>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut databases = Vec::new();
        for _ in ServiceName::ALL {
            databases.push(testkit::postgres().await?);
        }
        Some(databases)
    })
}

fn variable(service: ServiceName, key: &str) -> String {
    format!("LINKAGE_{}__{key}", service.as_str().to_uppercase())
}

/// The parts of `postgres://user@host:port/name?host=/folder`: user, host and port, name, and the folder of the socket.
fn parts(url: &str) -> (&str, &str, &str, Option<&str>) {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let folder = query.split('&').find_map(|pair| pair.strip_prefix("host="));
    let rest = address.split_once("://").expect("a URL").1;
    let (server, name) = rest.split_once('/').expect("a database");
    let (user, host) = server.rsplit_once('@').unwrap_or(("postgres", server));
    (user, host, name, folder)
}

fn target(url: &str) -> Target {
    let (_, host, _, folder) = parts(url);
    let port = host.rsplit_once(':').map_or("5432", |(_, port)| port);
    if let Some(folder) = folder {
        return Target::Unix(PathBuf::from(folder).join(format!(".s.PGSQL.{port}")));
    }
    let name = host.split(':').next().unwrap_or_default();
    let found = std::net::ToSocketAddrs::to_socket_addrs(&format!("{name}:{port}")).expect("an address");
    Target::Tcp(found.into_iter().next().expect("an address"))
}

/// The same database by way of the proxy, unencrypted, so that the proxy sees what passes.
fn through(url: &str, proxy: &Proxy) -> String {
    let (user, _, name, _) = parts(url);
    format!("postgres://{user}@{}/{name}?sslmode=disable", proxy.address())
}

#[test]
fn databases_are_found_by_socket_and_by_port() {
    let url = "postgres://ada@localhost:5432/x?host=/run/pg";
    assert!(matches!(target(url), Target::Unix(path) if path.as_os_str() == "/run/pg/.s.PGSQL.5432"));
    assert!(matches!(target("postgres://ada@127.0.0.1:99/x"), Target::Tcp(address) if address.port() == 99));
    let proxy = Proxy::start(target(url));
    assert_eq!(through(url, &proxy), format!("postgres://ada@{}/x?sslmode=disable", proxy.address()));
}
