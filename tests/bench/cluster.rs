//! A PostgreSQL cluster of its own that keeps what it says it keeps: fsync and synchronous_commit on. Gone with this process.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use sqlx::{Connection, PgConnection};

/// Reads until this process is gone, however it went; then nothing is left over.
const KEEPER: &str = r#"
"$1" -D "$2/data" -k "$2" -c listen_addresses= -c max_connections=300 -c shared_buffers=1GB -c max_wal_size=8GB \
    -c checkpoint_timeout=60min -c fsync=on -c synchronous_commit=on -c log_line_prefix='%c|' -c log_checkpoints=off \
    >"$2/log" 2>&1 </dev/null &
server=$!
cat >/dev/null
kill -QUIT "$server"
wait "$server"
rm -rf "$2"
"#;

const PATIENCE: Duration = Duration::from_secs(60);
/// Whom the services connect as.
pub(crate) const ROLE: &str = "linkage";
const MISSING: &str = "PostgreSQL's server programs were not found on PATH or in /usr/lib/postgresql/*/bin. They come with the \
    distribution's package: `apt-get install postgresql` (Debian, Ubuntu; pgbench is in it), `dnf install postgresql-server \
    postgresql-contrib` (Fedora), `brew install postgresql` (macOS)";

/// A running server, reached by the socket in its folder.
pub(crate) struct Cluster {
    folder: PathBuf,
    programs: PathBuf,
    /// Closed by the end of the process, which is what the keeper waits for.
    _lifeline: ChildStdin,
}

impl Cluster {
    pub(crate) async fn start() -> Result<Cluster> {
        let programs = programs().context(MISSING)?;
        let folder = tempfile::Builder::new().prefix("linkage-bench-pg-").tempdir()?;
        let account = account(folder.path())?;
        let mut initdb = as_account(&programs.join("initdb"), account, folder.path());
        initdb.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-D"]);
        let made = initdb.arg(folder.path().join("data")).output().context("can't run initdb")?;
        ensure!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr).trim());
        let folder = folder.keep();
        let mut keeper = as_account(Path::new("sh"), account, &folder);
        keeper.args(["-c", KEEPER, "sh"]).arg(programs.join("postgres")).arg(&folder);
        // Its own process group, so that an interrupt at the terminal reaches it by the lifeline only.
        keeper.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let lifeline = keeper.spawn().context("can't run sh")?.stdin.take().context("the keeper has no lifeline")?;
        let cluster = Cluster { folder, programs, _lifeline: lifeline };
        cluster.ready().await?;
        cluster.run("postgres", &format!("CREATE ROLE {ROLE} LOGIN")).await?;
        Ok(cluster)
    }

    /// For the services, whose role is held to their walls.
    pub(crate) fn url(&self, database: &str) -> String {
        self.url_of(ROLE, database)
    }

    /// The same database for a superuser, who fills it whosever rows these are.
    pub(crate) fn unwalled(url: &str) -> String {
        url.replacen(&format!("//{ROLE}@"), "//postgres@", 1)
    }

    fn url_of(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}@localhost:5432/{database}?host={}", self.folder.display())
    }

    /// The folder with the socket.
    pub(crate) fn socket(&self) -> &Path {
        &self.folder
    }

    /// A client program: of the same installation, else wherever there is one.
    pub(crate) fn program(&self, name: &str) -> Result<PathBuf> {
        let beside = std::iter::once(self.programs.clone()).chain(folders()).map(|folder| folder.join(name));
        beside.into_iter().find(|path| path.is_file()).with_context(|| format!("no {name}. {MISSING}"))
    }

    pub(crate) async fn connect(&self, database: &str) -> Result<PgConnection> {
        Ok(PgConnection::connect(&self.url_of("postgres", database)).await?)
    }

    pub(crate) async fn create(&self, database: &str) -> Result<()> {
        self.run("postgres", &format!("CREATE DATABASE {database} OWNER {ROLE} TEMPLATE template0")).await
    }

    pub(crate) async fn run(&self, database: &str, sql: &str) -> Result<()> {
        let mut connection = self.connect(database).await?;
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.with_context(|| sql.to_owned())?;
        Ok(connection.close().await?)
    }

    /// Which server this is, for the report.
    pub(crate) async fn version(&self) -> Result<String> {
        let mut connection = self.connect("postgres").await?;
        Ok(sqlx::query_scalar("SHOW server_version").fetch_one(&mut connection).await?)
    }

    /// Begins or ends to write every statement into the log; gives where the log stands.
    pub(crate) async fn tell_statements(&self, all: bool) -> Result<usize> {
        let wanted = if all { "all" } else { "none" };
        self.run("postgres", &format!("ALTER SYSTEM SET log_statement = '{wanted}'")).await?;
        self.run("postgres", "SELECT pg_reload_conf()").await?;
        let mut connection = self.connect("postgres").await?;
        // The server reads its configuration when it comes to it.
        let began = Instant::now();
        loop {
            let now: String = sqlx::query_scalar("SHOW log_statement").fetch_one(&mut connection).await?;
            if now == wanted {
                return Ok(fs::read(self.folder.join("log"))?.len());
            }
            ensure!(began.elapsed() < PATIENCE, "the server does not read its configuration");
        }
    }

    /// The log from this place on.
    pub(crate) fn log(&self, from: usize) -> Result<String> {
        let log = fs::read(self.folder.join("log"))?;
        Ok(String::from_utf8_lossy(log.get(from..).unwrap_or_default()).into_owned())
    }

    async fn ready(&self) -> Result<()> {
        let began = Instant::now();
        let mut tick = tokio::time::interval(Duration::from_millis(20));
        loop {
            tick.tick().await;
            // The server writes its state into the eighth line.
            let state = fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap_or_default();
            if state.lines().nth(7).is_some_and(|line| line.trim() == "ready") {
                return Ok(());
            }
            let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            if let Some(line) = log.lines().find(|line| line.contains("FATAL")) {
                bail!("{line}");
            }
            ensure!(began.elapsed() < PATIENCE, "the server was not ready in time: {log}");
        }
    }
}

/// The folder with initdb and postgres.
fn programs() -> Option<PathBuf> {
    folders().find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}

/// Where programs may be: on the search path, else the newest where Debian keeps PostgreSQL's.
fn folders() -> impl Iterator<Item = PathBuf> {
    let mut debian: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|version| Some((version.file_name().to_str()?.parse().ok()?, version.path().join("bin"))))
        .collect();
    debian.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path: Vec<PathBuf> = std::env::split_paths(&path).collect();
    path.into_iter().chain(debian.into_iter().rev().map(|(_, folder)| folder))
}

/// Whom to run the server as. PostgreSQL refuses root, so root hands the folder to an account without rights.
fn account(folder: &Path) -> Result<Option<(u32, u32)>> {
    if fs::metadata(folder)?.uid() != 0 {
        return Ok(None);
    }
    let accounts = fs::read_to_string("/etc/passwd")?;
    let of = |name: &str| {
        let line = accounts.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut numbers = line.split(':').skip(2).map(str::parse);
        Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
    };
    let (uid, gid) = ["postgres", "nobody"]
        .into_iter()
        .find_map(of)
        .context("PostgreSQL can't run as root, and there is no account postgres or nobody")?;
    chown(folder, Some(uid), Some(gid))?;
    Ok(Some((uid, gid)))
}

fn as_account(program: &Path, account: Option<(u32, u32)>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    if let Some((uid, gid)) = account {
        command.uid(uid).gid(gid);
    }
    command
}
