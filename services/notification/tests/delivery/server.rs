//! A real mail server, not ours: aiosmtpd in a process of its own.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use notification::{Config, Encryption, Server, Way};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// Longer than it takes for anything, on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

/// The server at work; ends with the test.
pub(crate) struct MailServer {
    pub(crate) port: u16,
    input: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    told: Vec<Value>,
    _child: Child,
}

impl MailServer {
    /// Starts one, unless aiosmtpd is not installed.
    #[expect(
        clippy::disallowed_methods,
        reason = "where aiosmtpd is, and whether it must be there, is told by the environment"
    )]
    pub(crate) async fn start(arguments: &[&str]) -> Option<MailServer> {
        let python = std::env::var("LINKAGE_SMTP_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let there = Command::new(&python).args(["-c", "import aiosmtpd.smtp"]).output().await;
        if !there.as_ref().is_ok_and(|output| output.status.success()) {
            let required = std::env::var("LINKAGE_REQUIRE_SMTP").is_ok_and(|value| value == "1");
            assert!(!required, "aiosmtpd is required, but {python} says: {there:?}");
            // Past the capture of the test harness: a part that did not run must be seen.
            let _ =
                writeln!(std::io::stderr(), "sending through a real mail server left out: {python} has no aiosmtpd");
            return None;
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/delivery/server.py");
        let mut child = Command::new(python)
            .arg(script)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let input = child.stdin.take().unwrap();
        let mut server = MailServer { port: 0, input, lines, told: Vec::new(), _child: child };
        let listening = server.until(|event| event["event"] == "listening").await;
        server.port = u16::try_from(listening["port"].as_u64().unwrap()).unwrap();
        Some(server)
    }

    /// The configuration that sends through it.
    pub(crate) fn config(&self) -> Config {
        let smtp = Server {
            host: "localhost".to_owned(),
            port: self.port,
            encryption: Encryption::None,
            timeout_seconds: 120,
            ..Server::default()
        };
        Config { transport: Way::Smtp, smtp, ..Config::default() }
    }

    /// Waits for what it tells.
    pub(crate) async fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let line = tokio::time::timeout(LIMIT, self.lines.next_line()).await;
            let line = line.unwrap_or_else(|_| panic!("the server told only {:#?}", self.told)).unwrap();
            let event: Value = serde_json::from_str(&line.expect("the server runs")).unwrap();
            self.told.push(event.clone());
            if wanted(&event) {
                return event;
            }
        }
    }

    /// Waits for a mail to this address.
    pub(crate) async fn taken(&mut self, address: &str) -> Value {
        self.until(|event| event["event"] == "taken" && event["recipients"][0] == address).await
    }

    /// Lets go of everything that it holds.
    pub(crate) async fn let_go(&mut self) {
        self.input.write_all(b"go\n").await.unwrap();
    }

    /// How many mails to this address it has told to have taken, and under how many ids.
    pub(crate) fn copies(&self, address: &str) -> (usize, usize) {
        let taken = self.told.iter().filter(|event| event["event"] == "taken" && event["recipients"][0] == address);
        let ids: Vec<_> = taken.map(|event| event["id"].to_string()).collect();
        let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
        (ids.len(), distinct.len())
    }
}
