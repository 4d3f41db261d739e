//! `linkage serve`: one service, or all four in this process.

use std::io::{ErrorKind, Write as _};
use std::process::ExitCode;

use runtime::ServiceName;
use runtime::telemetry::{self, Collector, Exporters, Format};
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::Serve;
use crate::settings::{LogFormat, Settings};
use crate::suite::{Mode, Suite};

/// Serves until it is told to stop.
pub async fn run(mut settings: Settings, arguments: &Serve) -> anyhow::Result<ExitCode> {
    let exporters = logs(&settings, arguments.service.map(ServiceName::from))?;
    let (services, mode) = match arguments.service {
        Some(name) => (vec![name.into()], Mode::DEPLOYED),
        None if settings.is_embedded() => {
            settings.simulation.enabled = true;
            (ServiceName::ALL.to_vec(), Mode::EMBEDDED)
        }
        None => (ServiceName::ALL.to_vec(), Mode::DEPLOYED),
    };
    let suite = Suite::start(&settings, &services, mode).await?;
    // Before it says that it serves: who reads that may ask it to stop at once.
    let asked = stop_asked()?;
    print(&welcome(&suite, &settings));
    asked.await;
    suite.stop().await;
    end(exporters).await;
    Ok(ExitCode::SUCCESS)
}

/// Starts logging as configured, and what is sent to the collector if there is one, in the name of one service or of all.
pub fn logs(settings: &Settings, service: Option<ServiceName>) -> anyhow::Result<Option<Exporters>> {
    let format = match settings.log.format {
        LogFormat::Plain => Format::Plain,
        LogFormat::Json => Format::Json,
    };
    let endpoint = &settings.telemetry.endpoint;
    let service = service.map_or("linkage", ServiceName::as_str);
    let collector = (!endpoint.is_empty()).then(|| Collector { endpoint: endpoint.clone(), service });
    telemetry::init(format, &settings.log.filter, collector.as_ref()).map_err(|error| anyhow::anyhow!("log: {error}"))
}

/// Sends what is left, without holding up the runtime by which it is sent.
pub async fn end(exporters: Option<Exporters>) {
    let Some(exporters) = exporters else { return };
    // It can't be cancelled, and a panic in it was told.
    let _ = tokio::task::spawn_blocking(|| exporters.end()).await;
}

fn welcome(suite: &Suite, settings: &Settings) -> String {
    let mut lines: Vec<String> =
        suite.addresses().iter().map(|(service, address)| format!("{service:<13} {address}")).collect();
    lines.push(String::new());
    if !settings.simulation.enabled {
        // Nobody could sign in by them.
        lines.push("Without --simulation there is no linkage token and no linkage demo --against.".to_owned());
        return lines.join("\n");
    }
    lines.push(format!(
        "A token:  linkage token --email {} --data {}",
        settings.operator.email,
        settings.storage.folder.display()
    ));
    lines.push("The journey against it:  linkage demo --against".to_owned());
    lines.join("\n")
}

/// From now on neither signal ends the process; waiting for what is returned is waiting for one.
fn stop_asked() -> std::io::Result<impl Future<Output = ()>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Prints for people or pipes. Who has read enough, as `head` has, may close the pipe; that changes nothing of the work.
#[expect(clippy::panic, reason = "what could not be written, to a full disk for one, must not look as if it were")]
pub fn print(text: &str) {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => panic!("standard output: {error}"),
        _ => {}
    }
}
