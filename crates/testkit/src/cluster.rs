//! A private PostgreSQL cluster in a temporary folder, reached by a socket in it. It never outlives the test process.

use std::{
    env, fs,
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{ChildStdin, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};

use crate::ask::ask;

/// Reads until the test process is gone, however it went; then nothing is left over.
const KEEPER: &str = r#"
"$1" -D "$2/data" -k "$2" -c listen_addresses= -c max_connections=200 -c shared_buffers=64MB \
    -c fsync=off -c full_page_writes=off >"$2/log" 2>&1 </dev/null &
server=$!
cat >/dev/null
kill -QUIT "$server"
wait "$server"
rm -rf "$2"
"#;

/// The role that services connect as: no superuser, whom no wall would stop.
pub(crate) const ROLE: &str = "CREATE ROLE linkage LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS";
/// The one that [`crate::SERVING`] names.
pub(crate) const SERVING: &str = "CREATE ROLE linkage_serving LOGIN NOSUPERUSER NOBYPASSRLS";

const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Cluster {
    folder: PathBuf,
    /// Closed by the end of the process, which is what the keeper waits for.
    _lifeline: ChildStdin,
}

impl Cluster {
    pub(crate) fn start() -> Result<Cluster> {
        let programs = programs().context("LINKAGE_TEST_POSTGRES is not set and initdb was not found")?;
        let folder = tempfile::Builder::new().prefix("linkage-pg-").tempdir()?;
        let account = account(folder.path())?;
        let mut initdb = as_account(&programs.join("initdb"), account, folder.path());
        initdb.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync", "-D"]);
        let made = initdb.arg(folder.path().join("data")).output().context("can't run initdb")?;
        ensure!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr).trim());

        let folder = folder.keep();
        let mut keeper = as_account(Path::new("sh"), account, &folder);
        keeper.args(["-c", KEEPER, "sh"]).arg(programs.join("postgres")).arg(&folder);
        // Its own process group, so that an interrupt at the terminal reaches it by the lifeline only.
        keeper.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let lifeline = keeper.spawn().context("can't run sh")?.stdin.take().context("the keeper has no lifeline")?;
        wait_until_ready(&folder)?;
        let cluster = Cluster { folder, _lifeline: lifeline };
        ask(&cluster.url_of("postgres"), ROLE)?;
        ask(&cluster.url_of("postgres"), SERVING)?;
        Ok(cluster)
    }

    pub(crate) fn url(&self) -> String {
        self.url_of("linkage")
    }

    fn url_of(&self, role: &str) -> String {
        format!("postgres://{role}@localhost:5432/postgres?host={}", self.folder.display())
    }
}

fn wait_until_ready(folder: &Path) -> Result<()> {
    let started = Instant::now();
    loop {
        // The server writes its state into the eighth line.
        let state = fs::read_to_string(folder.join("data/postmaster.pid")).unwrap_or_default();
        if state.lines().nth(7).is_some_and(|line| line.trim() == "ready") {
            return Ok(());
        }
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        if let Some(line) = log.lines().find(|line| line.contains("FATAL")) {
            bail!("{line}");
        }
        ensure!(started.elapsed() < PATIENCE, "the server was not ready in time: {log}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// The folder with initdb and postgres: of the search path, else the newest where Debian keeps them.
pub(crate) fn programs() -> Option<PathBuf> {
    let mut debian: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|version| Some((version.file_name().to_str()?.parse().ok()?, version.path().join("bin"))))
        .collect();
    debian.sort();
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain(debian.into_iter().rev().map(|(_, folder)| folder));
    folders.into_iter().find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}

/// Whom to run the server as. PostgreSQL refuses root, so root hands the folder to an account without rights.
pub(crate) fn account(folder: &Path) -> Result<Option<(u32, u32)>> {
    if fs::metadata(folder)?.uid() != 0 {
        return Ok(None);
    }
    let accounts = fs::read_to_string("/etc/passwd")?;
    let (uid, gid) = ["postgres", "nobody"]
        .iter()
        .find_map(|name| accounts.lines().find_map(|line| entry(line, name)))
        .context("PostgreSQL can't run as root, and there is no account postgres or nobody")?;
    chown(folder, Some(uid), Some(gid))?;
    Ok(Some((uid, gid)))
}

fn entry(line: &str, name: &str) -> Option<(u32, u32)> {
    let fields: Vec<&str> = line.split(':').collect();
    let [found, _, uid, gid, ..] = fields[..] else { return None };
    (found == name).then(|| Some((uid.parse().ok()?, gid.parse().ok()?))).flatten()
}

pub(crate) fn as_account(program: &Path, account: Option<(u32, u32)>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    if let Some((uid, gid)) = account {
        command.uid(uid).gid(gid);
    }
    command
}
