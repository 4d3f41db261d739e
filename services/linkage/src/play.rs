//! `linkage demo`: the journey against a fresh suite, or against services that run.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use runtime::ServiceName;

use crate::cli::{Demo, Format};
use crate::client::Client;
use crate::demo::{Journey, Player, Printer, SHIPPED};
use crate::serve::print;
use crate::settings::{Settings, Tls};
use crate::suite::{Mode, Suite};
use crate::token::people;

/// Plays; the exit status says whether every expectation held.
pub async fn run(mut settings: Settings, arguments: &Demo) -> anyhow::Result<ExitCode> {
    if arguments.schema {
        print(&serde_json::to_string_pretty(&Journey::schema())?);
        return Ok(ExitCode::SUCCESS);
    }
    let journey = read(arguments)?;
    if arguments.against {
        return play(&settings, &Client::configured(&settings)?, arguments, &journey).await;
    }
    // The journey is told on the same terminal; of the services only what goes wrong is of interest beside it.
    settings.log.filter = "warn".to_owned();
    let exporters = crate::serve::logs(&settings, None)?;
    let folder = tempfile::tempdir()?;
    fresh(&mut settings, folder.path());
    let suite = Suite::start(&settings, &ServiceName::ALL, Mode::EMBEDDED).await?;
    let outcome = play(&settings, &Client::new(&suite.addresses())?, arguments, &journey).await;
    suite.stop().await;
    crate::serve::end(exporters).await;
    outcome
}

/// Settings of a suite that touches nothing that was there before: own folder, free ports, simulation on.
pub fn fresh(settings: &mut Settings, folder: &std::path::Path) {
    settings.storage.folder = folder.to_owned();
    settings.simulation.enabled = true;
    settings.tls = Tls::default();
    let any = ([127, 0, 0, 1], 0).into();
    settings.enrollment.listen = any;
    settings.verification.listen = any;
    settings.relationship.listen = any;
    settings.notification.listen = any;
    settings.enrollment.health_listen = None;
    settings.verification.health_listen = None;
    settings.relationship.health_listen = None;
    settings.notification.health_listen = None;
}

fn read(arguments: &Demo) -> anyhow::Result<Journey> {
    let Some(file) = &arguments.file else { return Journey::parse(SHIPPED) };
    let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    Journey::parse(&text).with_context(|| file.display().to_string())
}

async fn play(settings: &Settings, client: &Client, arguments: &Demo, journey: &Journey) -> anyhow::Result<ExitCode> {
    let printer = match arguments.format {
        Format::Plain => Printer::Plain,
        Format::Json => Printer::Json,
    };
    let trace = arguments.trace.clone().unwrap_or_else(new_trace);
    let mut player = Player {
        client: client.clone().traced(trace),
        people: people(settings)?,
        operator: settings.operator.email.clone(),
        retry_for: Duration::from_secs(arguments.retry_for),
        patience: crate::demo::play::PATIENCE,
        printer,
    };
    let run = arguments.run.clone().unwrap_or_else(run_name);
    let ending = player.play(journey, &run).await?;
    printer.ending(&ending);
    Ok(if ending.failed.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A trace of its own for a journey.
fn new_trace() -> String {
    let trace = runtime::Mint::default().uuid(runtime::clock::system_time()).simple().to_string();
    let (_, span) = trace.split_at(16);
    format!("00-{trace}-{span}-01")
}

/// Eight letters and digits, different each time.
pub fn run_name() -> String {
    runtime::Mint::default().nonce().chars().take(8).collect()
}
