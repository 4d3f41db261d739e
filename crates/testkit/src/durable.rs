//! A PostgreSQL cluster of one test's own that keeps what it committed, and can be killed and started again.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::cluster;

/// Tells the server's process id, waits for its end, and ends it when the test process is gone.
const KEEPER: &str = r#"
exec 3<&0
"$1" -D "$2/data" -k "$2" -c listen_addresses= -c max_connections=200 -c shared_buffers=32MB >>"$2/log" 2>&1 </dev/null &
server=$!
echo "$server"
(cat <&3 >/dev/null; kill -QUIT "$server") >/dev/null 2>&1 &
wait "$server"
"#;

const PATIENCE: Duration = Duration::from_secs(60);

/// The cluster. It ends with this value.
pub struct Durable {
    programs: PathBuf,
    account: Option<(u32, u32)>,
    server: Option<Server>,
    folder: TempDir,
}

struct Server {
    id: u32,
    /// Closed by the end of the process, which ends the server.
    _lifeline: ChildStdin,
}

impl Durable {
    /// A new cluster that serves.
    pub(crate) fn start() -> Result<Durable> {
        let programs = cluster::programs().context("initdb was not found")?;
        let folder = tempfile::Builder::new().prefix("linkage-durable-").tempdir()?;
        let account = cluster::account(folder.path())?;
        let mut initdb = cluster::as_account(&programs.join("initdb"), account, folder.path());
        initdb
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-D"])
            .arg(folder.path().join("data"));
        let made = initdb.output().context("can't run initdb")?;
        ensure!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr).trim());
        let mut durable = Durable { programs, account, server: None, folder };
        durable.begin()?;
        crate::ask(&durable.url("postgres", "postgres"), cluster::ROLE);
        crate::ask(&durable.url("postgres", "postgres"), cluster::SERVING);
        Ok(durable)
    }

    /// A new, empty database.
    pub fn create(&self, name: &str) -> String {
        crate::ask(&self.url("linkage", "postgres"), &format!("CREATE DATABASE {name}"));
        self.url("linkage", name)
    }

    /// Kills all of the server's processes at once: SIGKILL.
    pub fn kill(&mut self) {
        // Its backends would answer as long as they are busy: they go first, while the one that starts them stands still.
        self.run("kill", &["-STOP"]);
        self.run("pkill", &["-KILL", "-P"]);
        self.run("kill", &["-KILL"]);
    }

    /// Stops all of the server's processes in their tracks, their sockets open: SIGSTOP.
    pub fn freeze(&mut self) {
        self.run("kill", &["-STOP"]);
        self.run("pkill", &["-STOP", "-P"]);
    }

    /// Lets them go on: SIGCONT.
    pub fn thaw(&mut self) {
        self.run("pkill", &["-CONT", "-P"]);
        self.run("kill", &["-CONT"]);
    }

    /// Asks the server to end at once, transactions cut off: SIGINT. [`Durable::restart`] starts it again.
    pub fn stop(&mut self) {
        self.run("kill", &["-INT"]);
        let began = Instant::now();
        let running = format!("/proc/{}", self.id());
        while Path::new(&running).exists() {
            assert!(began.elapsed() < PATIENCE, "the server does not stop");
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn id(&self) -> String {
        self.server.as_ref().map(|server| server.id.to_string()).unwrap_or_default()
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let id = self.id();
        let ended = Command::new(program).args(arguments).arg(&id).status();
        assert!(ended.is_ok_and(|status| status.success()), "{program} {arguments:?} {id}");
    }

    /// Starts it again on what it had kept.
    pub fn restart(&mut self) {
        self.begin().unwrap_or_else(|error| panic!("the cluster does not start again: {error:#}"));
    }

    /// From now on only the superuser is believed without a password.
    pub fn ask_for_passwords(&self) {
        let rules = "local all postgres trust\nlocal all all scram-sha-256\n";
        let file = self.folder.path().join("data/pg_hba.conf");
        fs::write(&file, rules).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        crate::ask(&self.url("postgres", "postgres"), "SELECT pg_reload_conf()::text");
    }

    /// The folder of its socket, where it is reached.
    pub fn socket(&self) -> &Path {
        self.folder.path()
    }

    /// Where programs are looked for, PostgreSQL's own first.
    pub fn programs(&self) -> OsString {
        let mut path = self.programs.clone().into_os_string();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        path
    }

    /// A database as it is seen by one of its roles; `postgres` is the superuser.
    pub fn url(&self, role: &str, name: &str) -> String {
        format!("postgres://{role}@localhost:5432/{name}?host={}", self.folder.path().display())
    }

    /// Starts the server, again while processes of the one before still hold its memory.
    fn begin(&mut self) -> Result<()> {
        let began = Instant::now();
        loop {
            let server = self.spawn()?;
            if self.serves(server.id, began)? {
                self.server = Some(server);
                return Ok(());
            }
        }
    }

    fn spawn(&self) -> Result<Server> {
        let mut keeper = cluster::as_account(Path::new("sh"), self.account, self.folder.path());
        keeper.args(["-c", KEEPER, "sh"]).arg(self.programs.join("postgres")).arg(self.folder.path());
        // Its own process group, so that an interrupt at the terminal reaches it by the lifeline only.
        keeper.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut keeper = keeper.spawn().context("can't run sh")?;
        let lifeline = keeper.stdin.take().context("the keeper has no lifeline")?;
        let mut line = String::new();
        BufReader::new(keeper.stdout.take().context("the keeper says nothing")?).read_line(&mut line)?;
        let id = line.trim().parse().with_context(|| format!("{line:?} is no process id"))?;
        // Waits for the keeper, so that it does not stay a zombie.
        thread::spawn(move || keeper.wait());
        Ok(Server { id, _lifeline: lifeline })
    }

    /// Waits until it serves; false when it ended instead.
    fn serves(&self, id: u32, began: Instant) -> Result<bool> {
        loop {
            // The server writes its id into the first line and its state into the eighth.
            let state = fs::read_to_string(self.folder.path().join("data/postmaster.pid")).unwrap_or_default();
            let lines: Vec<_> = state.lines().map(str::trim).collect();
            if lines.first() == Some(&id.to_string().as_str()) && lines.get(7) == Some(&"ready") {
                return Ok(true);
            }
            let log = || fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            ensure!(began.elapsed() < PATIENCE, "not ready in time: {}", log());
            if !Path::new(&format!("/proc/{id}")).exists() {
                return Ok(false);
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}
