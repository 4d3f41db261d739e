//! The binary in a place of its own: a data folder, four free ports, and no process left behind.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tempfile::TempDir;

// A path, since `tests/long` takes this file too.
#[path = "searched.rs"]
mod searched;

/// The four services, as the command line names them.
pub(crate) const SERVICES: [&str; 4] = ["enrollment", "verification", "relationship", "notification"];
/// Longer than anything here takes on a busy machine.
pub(crate) const LIMIT: Duration = Duration::from_secs(300);
/// The binary, built with these tests.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_linkage");
/// What `serve` says last before it only serves.
const READY: &str = "linkage demo --against";

/// Where the binary is run: its own folder, its own ports.
pub(crate) struct Place {
    folder: TempDir,
    /// Where each service listens, in their order.
    pub(crate) addresses: [String; 4],
    environment: Vec<(String, String)>,
}

/// How a process ended and what it said.
pub(crate) struct Ended {
    /// Exit status; none when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A process that runs; killed when dropped.
pub(crate) struct Process {
    what: String,
    child: Child,
    lines: Receiver<String>,
    told: Vec<String>,
    errors: Option<JoinHandle<String>>,
}

impl Place {
    pub(crate) fn new() -> Place {
        let folder = tempfile::Builder::new().prefix("linkage-place-").tempdir().expect("a folder");
        let mut place = Place { folder, addresses: SERVICES.map(|_| free_address()), environment: Vec::new() };
        place.set("LINKAGE_LOG__FILTER", if searched::is_searched() { "trace" } else { "warn" });
        // Several journeys from one address.
        place.set("LINKAGE_LIMITS__PER_SECOND", "100000");
        place.set("LINKAGE_LIMITS__BURST", "100000");
        for what in ["METHOD", "CALLER", "ORGANIZATION"] {
            place.set(&format!("LINKAGE_LIMITS__{what}_PER_SECOND"), "100000");
        }
        place
    }

    /// Another variable for every command run here.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.environment.push((name.to_owned(), value.into()));
    }

    /// The folder that everything here runs in.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Any program, run in this place with its ports.
    pub(crate) fn program(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder());
        for (service, address) in SERVICES.iter().zip(&self.addresses) {
            command.env(format!("LINKAGE_{}__LISTEN", service.to_uppercase()), address);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// A command of the binary, with this place's data and ports.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.command_of(BINARY, arguments)
    }

    /// The same of another release's binary.
    pub(crate) fn command_of(&self, binary: &str, arguments: &[&str]) -> Command {
        let mut command = self.program(binary);
        command.args(arguments).arg("--data").arg(self.folder().join("data"));
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        Process::start(self.command(arguments)).end()
    }

    /// Starts serving and returns once it serves.
    pub(crate) fn serve(&self, arguments: &[&str]) -> Process {
        Process::serving(self.command(&[&["serve"], arguments].concat()))
    }
}

impl Process {
    pub(crate) fn start(mut command: Command) -> Process {
        let what = format!("{:?}", command.get_args().collect::<Vec<_>>());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary starts");
        let (sender, lines) = channel();
        let out = BufReader::new(child.stdout.take().expect("its output"));
        thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let mut err = child.stderr.take().expect("its complaints");
        let place = command.get_current_dir().map(Path::to_owned);
        let errors = thread::spawn(move || {
            let mut text = Vec::new();
            let _ = err.read_to_end(&mut text);
            searched::keep(place.as_deref(), &text);
            String::from_utf8_lossy(&text).into_owned()
        });
        Process { what, child, lines, told: Vec::new(), errors: Some(errors) }
    }

    /// Starts what serves and returns once it serves.
    pub(crate) fn serving(command: Command) -> Process {
        let mut process = Process::start(command);
        process.until(READY);
        process
    }

    /// The next line it says; none when it says none in this time, or no more at all.
    pub(crate) fn line(&mut self, within: Duration) -> Option<String> {
        let line = self.lines.recv_timeout(within).ok()?;
        self.told.push(line.clone());
        Some(line)
    }

    /// Waits for a line with this part.
    fn until(&mut self, part: &str) {
        let started = Instant::now();
        while let Some(left) = LIMIT.checked_sub(started.elapsed()) {
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    let found = line.contains(part);
                    self.told.push(line);
                    if found {
                        return;
                    }
                }
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => {
                    let ended = self.end();
                    panic!("{} ended with {:?}:\n{}{}", self.what, ended.code, ended.out, ended.err);
                }
            }
        }
        panic!("{} never said `{part}`, but:\n{}", self.what, self.told.join("\n"));
    }

    /// Waits for its end.
    pub(crate) fn end(&mut self) -> Ended {
        let started = Instant::now();
        loop {
            match self.lines.recv_timeout(LIMIT.saturating_sub(started.elapsed())) {
                Ok(line) => self.told.push(line),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    self.kill();
                    panic!("{} did not end, but said:\n{}", self.what, self.told.join("\n"));
                }
            }
        }
        let status = self.child.wait().expect("its status");
        let err = self.errors.take().map(|errors| errors.join().expect("its complaints")).unwrap_or_default();
        Ended { code: status.code(), out: self.told.join("\n"), err }
    }

    /// Ends it at once, as a power cut would: SIGKILL.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to stop and waits for its end: SIGTERM.
    pub(crate) fn stop(&mut self) -> Ended {
        self.signal("TERM");
        self.end()
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, name: &str) {
        let process = self.child.id().to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &process]).status().expect("kill");
        assert!(sent.success(), "{} was gone before SIG{name}", self.what);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        if let Some(errors) = self.errors.take().filter(|_| searched::is_searched()) {
            let _ = errors.join();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if searched::is_searched() && !thread::panicking() {
            searched::search(self.folder());
        }
    }
}

/// An address nobody listens on. Its port lies below those that the system gives to outgoing connections: while a service
/// is down, a client that tries to reach it could otherwise be given that very port.
fn free_address() -> String {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % 500).expect("small");
    loop {
        let port = 20_000 + (first * 24 + NEXT.fetch_add(1, Ordering::Relaxed)) % 12_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return format!("127.0.0.1:{port}");
        }
    }
}
