//! `linkage audit verify`: whether the journals are what was written, by their chains and by the checkpoints kept outside the databases.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use database::Database;
use database::journal::{self, Mark, Tampering, Verdict};
use runtime::checkpoint::{self, Kept};
use runtime::{ServiceName, VerifyingKey, keys};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::cli::{Format, Verify};
use crate::serve::print;
use crate::settings::Settings;

/// How often it is told how far it is.
const TELL_EVERY: Duration = Duration::from_secs(2);

/// What is known of one service's journal.
struct Report {
    service: ServiceName,
    verdict: Verdict,
    file: PathBuf,
    /// None: there is no such file.
    kept: Option<Kept>,
    /// Whether that is as it should be.
    without: bool,
}

/// Verifies one journal or all, and fails when one is not what was written.
pub(super) async fn run(settings: &Settings, arguments: &Verify) -> anyhow::Result<ExitCode> {
    let services = arguments.service.map_or_else(|| ServiceName::ALL.to_vec(), |name| vec![name.into()]);
    let mut whole = true;
    for service in services {
        let report = verify(settings, service, arguments).await.with_context(|| service.to_string())?;
        whole &= report.is_whole();
        print(&match arguments.format {
            Format::Json => report.json().to_string(),
            Format::Plain => report.plain(),
        });
    }
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Opens the database of every service (SQLite: with the services stopped) and walks its journal: what is not as it was written.
pub async fn chains(settings: &Settings) -> anyhow::Result<BTreeMap<ServiceName, Vec<Tampering>>> {
    let mut broken = BTreeMap::new();
    for service in ServiceName::ALL {
        let report = verify(settings, service, &Verify::default()).await?;
        broken.insert(service, report.verdict.findings);
    }
    Ok(broken)
}

async fn verify(settings: &Settings, service: ServiceName, arguments: &Verify) -> anyhow::Result<Report> {
    let folder = arguments.checkpoints.clone().unwrap_or_else(|| settings.checkpoints());
    let file = checkpoint::file(&folder, service);
    let kept = match std::fs::read_to_string(&file) {
        Ok(text) => Some(checkpoint::read(&text, service, &known(settings, service, &arguments.key)?)),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error).with_context(|| file.display().to_string()),
    };
    let at = settings.database(service);
    let sqlite = at.url.expose_secret().strip_prefix("sqlite://");
    if sqlite.is_some_and(|file| !Path::new(file.split('?').next().unwrap_or(file)).exists()) {
        // Opening would make it.
        anyhow::bail!("there is no database: name the data folder with --data, or the configuration with --config");
    }
    let database = Database::connect(&at).await?;
    let marks: Vec<Mark> = kept.iter().flat_map(|kept| &kept.checkpoints).map(|kept| kept.mark.clone()).collect();
    let mut told = Instant::now();
    let verdict = journal::verify(database.reader(), &marks, |entries, of| {
        if told.elapsed() >= TELL_EVERY {
            told = Instant::now();
            tell(&format!("{service}: {entries} of {of} entries"));
        }
    });
    let verdict = verdict.await?;
    database.close().await;
    Ok(Report { service, verdict, file, kept, without: arguments.without_checkpoints })
}

/// The keys that may have signed: the service's own, and those that are named.
fn known(settings: &Settings, service: ServiceName, more: &[PathBuf]) -> anyhow::Result<Vec<VerifyingKey>> {
    let mut known = keys::known(&settings.keys(), service)?;
    for file in more {
        let of = file.display().to_string();
        let pems = std::fs::read_to_string(file).with_context(|| of.clone())?;
        known.extend(VerifyingKey::from_pems(&of, &pems)?);
    }
    Ok(known)
}

impl Report {
    /// A checkpoint that does not count may be one that was changed, so it is no less a finding.
    fn is_whole(&self) -> bool {
        let void = self.kept.as_ref().is_some_and(|kept| !kept.void.is_empty());
        self.verdict.findings.is_empty() && !void && !self.is_uncovered()
    }

    /// Whether there should be checkpoints, and are none: each journal has them that has entries.
    fn is_uncovered(&self) -> bool {
        self.kept.is_none() && !self.without && self.verdict.entries > 0
    }

    fn cut(&self) -> &[usize] {
        self.kept.as_ref().map_or(&[], |kept| &kept.cut)
    }

    fn checkpoints(&self) -> usize {
        self.kept.as_ref().map_or(0, |kept| kept.checkpoints.len())
    }

    /// The last place that a checkpoint has.
    fn covered(&self) -> i64 {
        self.kept.as_ref().and_then(|kept| kept.checkpoints.last()).map_or(0, |last| last.mark.sequence)
    }

    fn json(&self) -> Value {
        let findings: Vec<_> = self.verdict.findings.iter().map(finding).collect();
        let void: Vec<_> = self.kept.iter().flat_map(|kept| &kept.void).collect();
        json!({
            "service": self.service.as_str(), "whole": self.is_whole(), "entries": self.verdict.entries, "findings": findings,
            "checkpoints": self.checkpoints(), "covered": self.covered(), "checkpoint_file": self.file,
            "checkpoints_missing": self.is_uncovered(), "cut_checkpoints": self.cut(),
            "void_checkpoints": void.iter().map(|(line, why)| json!({ "line": line, "why": why })).collect::<Vec<_>>(),
        })
    }

    fn plain(&self) -> String {
        let word = if self.is_whole() { "whole" } else { "NOT AS IT WAS WRITTEN" };
        let outside = match &self.kept {
            None if self.is_uncovered() => format!(
                "no checkpoints at {}: a cut end would go unseen. Name their folder with --checkpoints, or do --without-checkpoints",
                self.file.display()
            ),
            None => format!("no checkpoints at {}", self.file.display()),
            Some(_) => format!("{} checkpoints up to {}", self.checkpoints(), self.covered()),
        };
        let mut lines = vec![format!("{:<13} {word}: {} entries, {outside}", self.service, self.verdict.entries)];
        lines.extend(self.verdict.findings.iter().map(|found| format!("{:<13} {}", "", sentence(found))));
        for line in self.cut() {
            let file = self.file.display();
            lines.push(format!(
                "{:<13} line {line} of {file} breaks off, as by a power failure; a later one covers it",
                ""
            ));
        }
        for (line, why) in self.kept.iter().flat_map(|kept| &kept.void) {
            lines.push(format!("{:<13} line {line} of {} does not count: {why}", "", self.file.display()));
        }
        lines.join("\n")
    }
}

fn finding(found: &Tampering) -> Value {
    match found {
        Tampering::Edited { sequence } => json!({ "kind": "edited", "sequence": sequence }),
        Tampering::Dropped { from, to } => json!({ "kind": "dropped", "from": from, "to": to }),
        Tampering::Moved { sequence, from } => json!({ "kind": "moved", "sequence": sequence, "from": from }),
        Tampering::Cut { after, end } => json!({ "kind": "cut", "after": after, "end": end }),
        Tampering::Rewritten { after, until } => json!({ "kind": "rewritten", "after": after, "until": until }),
    }
}

fn sentence(found: &Tampering) -> String {
    match found {
        Tampering::Edited { sequence } => format!("entry {sequence} was edited, or the one before it with its hash"),
        Tampering::Dropped { from, to } if from == to => format!("entry {from} was dropped"),
        Tampering::Dropped { from, to } => format!("entries {from} to {to} were dropped"),
        Tampering::Moved { sequence, from } => {
            format!("the entry at {sequence} belongs at {from}: they were reordered")
        }
        Tampering::Cut { after, end } => format!("it ends at {after}, but once went to {end}: its end was cut off"),
        Tampering::Rewritten { after, until } => {
            format!("up to {after} it is as signed, at {until} it is not: it was written anew between them")
        }
    }
}

#[expect(clippy::print_stderr, reason = "how far it is belongs to nobody's output")]
fn tell(progress: &str) {
    eprintln!("{progress}");
}
