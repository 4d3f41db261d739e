//! `linkage serve`: one service, or all four in this process.

use std::io::{ErrorKind, Write as _};
use std::process::ExitCode;

use runtime::ServiceName;
use runtime::telemetry::{self, Format};

use crate::cli::Serve;
use crate::settings::{LogFormat, Settings};
use crate::suite::{Mode, Suite};

/// Serves until it is told to stop.
pub async fn run(mut settings: Settings, arguments: &Serve) -> anyhow::Result<ExitCode> {
    logs(&settings)?;
    let (services, mode) = match arguments.service {
        Some(name) => (vec![name.into()], Mode::DEPLOYED),
        None if settings.is_embedded() => {
            settings.simulation.enabled = true;
            (ServiceName::ALL.to_vec(), Mode::EMBEDDED)
        }
        None => (ServiceName::ALL.to_vec(), Mode::DEPLOYED),
    };
    let suite = Suite::start(&settings, &services, mode).await?;
    print(&welcome(&suite, &settings));
    stop_asked().await?;
    suite.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// Starts logging as configured.
pub fn logs(settings: &Settings) -> anyhow::Result<()> {
    let format = match settings.log.format {
        LogFormat::Plain => Format::Plain,
        LogFormat::Json => Format::Json,
    };
    telemetry::init(format, &settings.log.filter).map_err(|error| anyhow::anyhow!("log: {error}"))
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

async fn stop_asked() -> anyhow::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        asked = tokio::signal::ctrl_c() => asked?,
        _ = terminate.recv() => {}
    }
    Ok(())
}

/// Prints for people or pipes. Who has read enough, as `head` has, may close the pipe; that changes nothing of the work.
#[expect(clippy::panic, reason = "what could not be written, to a full disk for one, must not look as if it were")]
pub fn print(text: &str) {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => panic!("standard output: {error}"),
        _ => {}
    }
}
