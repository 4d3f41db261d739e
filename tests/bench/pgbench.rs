//! pgbench with the product's own statements: what the database can do for a client that does nothing else.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use ids::Id;
use tempfile::TempDir;
use tokio::process::Command;
use uuid::Uuid;

use crate::cast::{Of, PREFIX, digits};
use crate::cluster::{Cluster, ROLE};
use crate::load::{Sample, WIDTH};
use crate::statements::Statement;

/// Runs so far.
static RUNS: AtomicU64 = AtomicU64::new(1);
/// More than any run executes.
const RUN: u64 = 100_000_000;

/// A script for pgbench.
pub(crate) struct Script {
    _folder: TempDir,
    file: std::path::PathBuf,
    /// Statements of one transaction, `BEGIN` and `COMMIT` among them.
    pub(crate) statements: usize,
}

/// What stands for the ids of one execution in all others.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    known: BTreeMap<Uuid, String>,
    made: usize,
    texts: BTreeMap<String, String>,
}

impl Names {
    /// This seeded id is the one whose number the variable holds.
    pub(crate) fn seeded(&mut self, id: Uuid, of: Of, variable: &str) {
        self.known.insert(id, format!("{}+:{variable}", digits(of, 0)));
    }

    /// This text is another one in each execution, such as a request id.
    pub(crate) fn unique(&mut self, text: &str) {
        self.texts.insert(text.to_owned(), "lpad(:turn::text, 36, '0')".to_owned());
    }

    /// How a value is written in the script.
    fn render(&mut self, value: Option<&str>) -> String {
        let Some(value) = value else { return "NULL".to_owned() };
        if let Some(expression) = self.texts.get(value) {
            return expression.clone();
        }
        if value.len() == 36
            && let Ok(id) = Uuid::try_parse(value)
        {
            return format!("('{PREFIX}' || ({}))::uuid", self.number(id));
        }
        self.text(value)
    }

    /// The number of an id; one that is not known is made anew in each execution.
    fn number(&mut self, id: Uuid) -> String {
        let Names { known, made, .. } = self;
        let make = || {
            *made += 1;
            format!("{}+:turn", digits(Of::Made, 0) + (*made as u64 - 1) * 10_000_000_000_000)
        };
        known.entry(id).or_insert_with(make).clone()
    }

    /// Text in which the names of ids stand for those of this execution, in the same number of characters.
    fn text(&self, value: &str) -> String {
        let mut marked = value.to_owned();
        for (id, number) in &self.known {
            marked = marked.replace(&Id::<()>::from_uuid(*id).to_string(), &format!("\0{number}\0"));
        }
        // Every second piece is a number.
        let pieces = marked.split('\0').enumerate().map(|(at, piece)| match at % 2 {
            0 => quoted(piece),
            _ => format!("lpad(({piece})::text, 26, '0')"),
        });
        let rendered = pieces.collect::<Vec<_>>().join(" || ");
        if rendered.contains(" || ") { format!("({rendered})") } else { rendered }
    }
}

/// pgbench takes a colon with a letter behind it for a variable, in a text too.
fn quoted(text: &str) -> String {
    let text = text.replace('\'', "''");
    if text.contains(':') {
        format!("U&'{}'", text.replace('\\', "\\\\").replace(':', "\\003A"))
    } else {
        format!("'{text}'")
    }
}

impl Script {
    /// These statements, again and again. `:n` counts the executions of all clients from `:first`; `sets` makes the other variables of it.
    pub(crate) fn new(statements: &[Statement], mut names: Names, sets: &[impl std::fmt::Display]) -> Result<Script> {
        let mut text = "\\set count :count + 1\n\\set turn :base + :count * :clients + :client_id\n".to_owned();
        text.push_str("\\set n :first + (:count - 1) * :clients + :client_id\n");
        for set in sets {
            writeln!(text, "\\set {set}")?;
        }
        for statement in statements {
            // Made ids are named in the order of the statements, so each gets its number before a text names it.
            let values: Vec<_> = statement.values.iter().map(|value| names.render(value.as_deref())).collect();
            // Whom a transaction is for goes along with its beginning, which pgbench can't say in one message: its session says so.
            let sql = if statement.sql.starts_with("BEGIN;") { "BEGIN" } else { &statement.sql };
            writeln!(text, "{};", filled(sql, &values)?)?;
        }
        let folder = tempfile::Builder::new().prefix("linkage-bench-script-").tempdir()?;
        let file = folder.path().join("script.sql");
        fs::write(&file, text)?;
        Ok(Script { _folder: folder, file, statements: statements.len() })
    }

    /// Runs it against a database of the cluster for this time.
    pub(crate) async fn run(&self, cluster: &Cluster, database: &str, first: u64, length: Duration) -> Result<Sample> {
        // pgbench knows whole seconds; a shorter round is made of some executions.
        let seconds = length.as_secs();
        let length =
            if seconds == 0 { ["-t".to_owned(), "3".to_owned()] } else { ["-T".to_owned(), seconds.to_string()] };
        // What is made gets other numbers in each run.
        let base = RUNS.fetch_add(1, Ordering::Relaxed) * RUN;
        let mut command = Command::new(cluster.program("pgbench")?);
        command
            .args(["-n", "-M", "prepared", "-j", "2", "-c"])
            .arg(WIDTH.to_string())
            .args(length)
            .arg("-f")
            .arg(&self.file);
        for (name, value) in [("count", 0), ("first", first), ("base", base), ("clients", WIDTH as u64)] {
            command.arg("-D").arg(format!("{name}={value}"));
        }
        command.arg("-h").arg(cluster.socket()).args(["-p", "5432", "-U", ROLE, database]);
        // What the service pays for row-level security it pays too, and sees all as whoever acts for everybody.
        command.env("PGOPTIONS", format!("-c linkage.organization={}", Uuid::nil()));
        let ended = command.output().await.context("can't run pgbench")?;
        let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
        let failed = || format!("pgbench: {out}{err}\n{}", fs::read_to_string(&self.file).unwrap_or_default());
        ensure!(ended.status.success() && !err.contains("aborted"), failed());
        let figure = |beginning: &str| {
            let line = out.lines().find_map(|line| line.strip_prefix(beginning))?;
            line.trim().split([' ', '/']).next()?.parse::<f64>().ok()
        };
        let calls = figure("number of transactions actually processed:").with_context(failed)?;
        let latency = figure("latency average =").with_context(failed)?;
        let rate = figure("tps =").with_context(failed)?;
        // It tells no quantiles: the mean stands for the median.
        Ok(Sample { calls: calls as u64, rate, p50: latency * 1e3, p99: 0.0, cpu: 0.0 })
    }
}

/// The statement with its `$1`, `$2` replaced.
fn filled(sql: &str, values: &[String]) -> Result<String> {
    let mut text = String::new();
    let mut rest = sql;
    while let Some((before, after)) = rest.split_once('$') {
        text.push_str(before);
        let length = after.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = after.split_at(length);
        let at: usize = number.parse().with_context(|| sql.to_owned())?;
        text.push_str(values.get(at.wrapping_sub(1)).with_context(|| sql.to_owned())?);
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}
