//! The built binary as it is served in production: a process of its own, its databases migrated and the operator there first.

use std::collections::BTreeMap;
use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use linkage::ServiceName;
use tempfile::TempDir;

use crate::cluster::Cluster;
use crate::process::Pid;

/// What `serve` says last before it only serves.
const READY: &str = "linkage demo --against";
/// Trusts the development issuer, for rows whose people sign in; nothing else of it is on a call's way.
pub(crate) const SIGNS_IN: &[&str] = &["--simulation"];
const PATIENCE: Duration = Duration::from_secs(60);

/// Which database keeps the data.
#[derive(Clone, Copy)]
pub(crate) enum Backing<'a> {
    Sqlite,
    Postgres(&'a Cluster),
}

/// A place with data and addresses, and the process that serves there.
pub(crate) struct Suite {
    folder: TempDir,
    addresses: BTreeMap<ServiceName, SocketAddr>,
    databases: BTreeMap<ServiceName, String>,
    process: Option<Child>,
}

impl Backing<'_> {
    /// Its name for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Backing::Sqlite => "SQLite",
            Backing::Postgres(_) => "PostgreSQL",
        }
    }
}

impl Suite {
    /// Databases with the newest schema and the operator; nothing is served yet. `label` tells several on one cluster apart.
    pub(crate) async fn prepare(backing: Backing<'_>, label: &str) -> Result<Suite> {
        let folder = tempfile::Builder::new().prefix("linkage-bench-").tempdir()?;
        let (mut addresses, mut databases) = (BTreeMap::new(), BTreeMap::new());
        for service in ServiceName::ALL {
            addresses.insert(service, TcpListener::bind(("127.0.0.1", 0))?.local_addr()?);
            let url = match backing {
                Backing::Sqlite => format!("sqlite://{}", folder.path().join(format!("{service}.db")).display()),
                Backing::Postgres(cluster) => {
                    let name = database_name(label, service);
                    cluster.create(&name).await?;
                    cluster.url(&name)
                }
            };
            databases.insert(service, url);
        }
        let suite = Suite { folder, addresses, databases, process: None };
        for command in ["migrate", "bootstrap"] {
            let ended = suite.command(&[command]).output().context("the binary does not run")?;
            ensure!(ended.status.success(), "linkage {command}: {}", String::from_utf8_lossy(&ended.stderr));
        }
        Ok(suite)
    }

    /// Starts `linkage serve` with these arguments; it may not answer yet.
    pub(crate) fn start(&mut self, arguments: &[&str]) -> Result<()> {
        let log = File::create(self.log())?;
        let mut command = self.command(&[&["serve"], arguments].concat());
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        self.process = Some(command.spawn().context("the binary does not start")?);
        Ok(())
    }

    /// Serves, and returns once it does.
    pub(crate) async fn serve(&mut self, arguments: &[&str]) -> Result<()> {
        self.start(arguments)?;
        let began = Instant::now();
        let mut tick = tokio::time::interval(Duration::from_millis(2));
        loop {
            tick.tick().await;
            let log = std::fs::read_to_string(self.log())?;
            if log.contains(READY) {
                return Ok(());
            }
            let ended = self.process.as_mut().map(Child::try_wait).transpose()?.flatten();
            if ended.is_some() || began.elapsed() > PATIENCE {
                bail!("serve did not come up: {log}");
            }
        }
    }

    /// Asks it to stop, and waits for its end.
    pub(crate) fn stop(&mut self) -> Result<()> {
        let Some(mut process) = self.process.take() else { return Ok(()) };
        let asked = Command::new("kill").args(["-TERM", &process.id().to_string()]).status()?;
        ensure!(asked.success(), "the process was gone before it was asked to stop");
        process.wait()?;
        Ok(())
    }

    pub(crate) fn pid(&self) -> Option<Pid> {
        self.process.as_ref().map(|process| Pid(process.id()))
    }

    pub(crate) fn address(&self, service: ServiceName) -> Result<SocketAddr> {
        self.addresses.get(&service).copied().context("every service has an address")
    }

    pub(crate) fn addresses(&self) -> &BTreeMap<ServiceName, SocketAddr> {
        &self.addresses
    }

    /// Where a service keeps its data.
    pub(crate) fn database(&self, service: ServiceName) -> Result<&str> {
        self.databases.get(&service).map(String::as_str).context("every service has a database")
    }

    pub(crate) fn keys(&self) -> PathBuf {
        self.folder.path().join("keys")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_linkage"));
        command.args(arguments).arg("--data").arg(self.folder.path()).current_dir(self.folder.path());
        let mut set = |service: ServiceName, key: &str, value: &str| {
            command.env(format!("LINKAGE_{}__{key}", service.as_str().to_uppercase()), value);
        };
        for (service, address) in &self.addresses {
            set(*service, "LISTEN", &address.to_string());
        }
        for (service, url) in &self.databases {
            set(*service, "DATABASE", url);
        }
        // The journeys come from one address.
        command.env("LINKAGE_LIMITS__PER_SECOND", "100000").env("LINKAGE_LIMITS__BURST", "100000");
        for what in ["METHOD", "CALLER", "ORGANIZATION"] {
            command.env(format!("LINKAGE_LIMITS__{what}_PER_SECOND"), "100000");
        }
        // A sender of the rows of changes invites as many in a minute as others in years.
        command.env("LINKAGE_RELATIONSHIP__SERVICE__INVITATIONS_PER_DAY", "1000000000");
        command
    }
}

/// Size of the built binary, in megabytes.
pub(crate) fn binary_size() -> Result<f64> {
    Ok(std::fs::metadata(env!("CARGO_BIN_EXE_linkage"))?.len() as f64 / f64::from(1 << 20))
}

/// The name of a service's database on a cluster.
pub(crate) fn database_name(label: &str, service: ServiceName) -> String {
    format!("{label}_{service}")
}

impl Drop for Suite {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}
