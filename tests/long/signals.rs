//! A serving process that can be frozen and thawed.

use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::Instant;

use crate::program::{LIMIT, Process};

/// What `serve` says last before it only serves.
const READY: &str = "linkage demo --against";
/// Tells its process id, which the command then keeps.
const TELLING: &str = r#"echo $$; exec "$0" "$@""#;

/// A process that serves, and its id.
pub(crate) struct Serving {
    pub(crate) process: Process,
    id: u32,
}

impl Serving {
    /// Starts this command and returns once it serves.
    pub(crate) fn start(command: &Command) -> Serving {
        Serving::start_in(Command::new("sh"), TELLING, command)
    }

    /// Starts this command by a shell's script, which first tells its process id and ends by `exec "$0" "$@"`.
    pub(crate) fn start_in(mut shell: Command, script: &str, command: &Command) -> Serving {
        shell.args(["-c", script]).arg(command.get_program()).args(command.get_args());
        shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        if let Some(folder) = command.get_current_dir() {
            shell.current_dir(folder);
        }
        let mut process = Process::start(shell);
        let id = process.line(LIMIT).and_then(|line| line.trim().parse().ok());
        let Some(id) = id else { panic!("no process id, but: {}", process.end().err) };
        loop {
            match process.line(LIMIT) {
                Some(line) if line.contains(READY) => return Serving { process, id },
                Some(_) => {}
                None => panic!("it does not serve, but says: {}", process.end().err),
            }
        }
    }

    /// Stops it in its tracks, all its sockets open, and returns once none of its threads runs: SIGSTOP.
    pub(crate) fn freeze(&self) {
        self.signal("-STOP");
        let began = Instant::now();
        while !self.is_frozen() {
            assert!(began.elapsed() < LIMIT, "it does not freeze");
            thread::yield_now();
        }
    }

    /// Lets it go on: SIGCONT.
    pub(crate) fn thaw(&self) {
        self.signal("-CONT");
    }

    /// How much memory of its own it holds, in bytes: files that it has mapped are the system's.
    pub(crate) fn resident(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id)).expect("its status");
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        kilobytes.expect("its memory") * 1024
    }

    /// Whether one of its connections leads there.
    pub(crate) fn is_connected_to(&self, address: SocketAddr) -> bool {
        let folder = PathBuf::from(format!("/proc/{}", self.id));
        let open = fs::read_dir(folder.join("fd")).expect("its files").flatten();
        let open: Vec<_> = open.filter_map(|file| fs::read_link(file.path()).ok()).collect();
        let SocketAddr::V4(there) = address else { panic!("{address} is of IPv6") };
        let there = format!("{:08X}:{:04X}", u32::from_ne_bytes(there.ip().octets()), there.port());
        let sockets = fs::read_to_string(folder.join("net/tcp")).expect("its connections");
        // Where to, then its state (01 is established), and at last the socket's inode.
        sockets.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).any(|socket| {
            let is_open = |inode: &&str| open.contains(&PathBuf::from(format!("socket:[{inode}]")));
            socket.get(2) == Some(&&*there) && socket.get(3) == Some(&"01") && socket.get(9).is_some_and(is_open)
        })
    }

    /// Its own view of the file system, from outside.
    pub(crate) fn root(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root", self.id))
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.id.to_string()]).status().expect("kill");
        assert!(sent.success(), "{signal} did not reach process {}", self.id);
    }

    fn is_frozen(&self) -> bool {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.id)).expect("its threads");
        let states = tasks.flatten().map(|task| fs::read_to_string(task.path().join("stat")).unwrap_or_default());
        // The state follows the name, which is in brackets.
        states.into_iter().all(|stat| stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('T')))
    }
}

/// A shell that may mount what only it sees; none where the system forbids it, unless that was not to be so.
pub(crate) fn with_own_mounts() -> Option<Command> {
    let shell = |rights: &[&str]| {
        let mut unshare = Command::new("unshare");
        unshare.args(rights).args(["--mount", "sh"]);
        unshare
    };
    let may = |rights: &[&str]| {
        let tried = shell(rights).args(["-c", "mount -t tmpfs -o size=1m none /tmp"]).output();
        tried.is_ok_and(|tried| tried.status.success())
    };
    let rights: [&[&str]; 2] = [&[], &["--map-root-user"]];
    let found = rights.into_iter().find(|rights| may(rights)).map(shell);
    if found.is_none() {
        let required = std::env::var_os("LINKAGE_REQUIRE_MOUNTS").is_some_and(|value| value == "1");
        assert!(!required, "mounts of one's own are required, but this system forbids them");
        // Past the capture of the test harness: a test that did not run must be seen.
        let _ = writeln!(std::io::stderr(), "left out: this system lets nobody mount what only they see");
    }
    found
}
