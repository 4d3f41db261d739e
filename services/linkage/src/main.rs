//! The one binary: every service, and every command.

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::Parser as _;
use linkage::cli::{Cli, Command, Serve, Source};
use linkage::settings;
use linkage::{audit, bootstrap, doctor, keys, mail, migrate, play, rules, serve, token};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(anyhow::Error::from).and_then(
            |runtime| {
                let outcome = runtime.block_on(run(cli));
                // All has ended that is to be waited for. A thread may still wait for a volume that never answers.
                runtime.shutdown_background();
                outcome
            },
        );
    outcome.unwrap_or_else(|error| {
        complain(&error);
        ExitCode::FAILURE
    })
}

async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let command = cli.command.unwrap_or_else(|| Command::Serve(Serve::default()));
    let flags = flags(&cli.source, &command);
    let files = &cli.source.config;
    if let Command::Serve(Serve { print_config: true, .. }) = &command {
        serve::print(&settings::masked(files, environment(), &flags)?);
        return Ok(ExitCode::SUCCESS);
    }
    let settings = settings::load(files, environment(), &flags)?;
    match command {
        Command::Serve(arguments) => serve::run(settings, &arguments).await,
        Command::Demo(arguments) => play::run(settings, &arguments).await,
        Command::Migrate(arguments) => migrate::run(&settings, &arguments).await,
        Command::Bootstrap(arguments) => bootstrap::run(settings, &arguments).await,
        Command::Keys(arguments) => keys::run(&arguments),
        Command::Token(arguments) => token::run(&settings, &arguments).await,
        Command::Mail(arguments) => mail::run(&settings, &arguments).await,
        Command::Audit(arguments) => audit::run(&settings, &arguments).await,
        Command::Doctor(arguments) => doctor::run(&settings, &arguments).await,
        Command::Rules(arguments) => rules::run(&arguments),
    }
}

fn flags(source: &Source, command: &Command) -> Vec<(&'static str, String)> {
    let mut flags = Vec::new();
    if let Some(data) = &source.data {
        flags.push(("storage.folder", data.display().to_string()));
    }
    if let Command::Serve(Serve { simulation: true, .. }) = command {
        flags.push(("simulation.enabled", "true".to_owned()));
    }
    flags
}

#[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
fn environment() -> BTreeMap<String, String> {
    std::env::vars().collect()
}

#[expect(clippy::print_stderr, reason = "what went wrong is told where people look for it")]
fn complain(error: &anyhow::Error) {
    let mut told = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        // Many errors already tell their cause.
        if !told.contains(&cause) {
            told = format!("{told}: {cause}");
        }
    }
    eprintln!("linkage: {told}");
}
