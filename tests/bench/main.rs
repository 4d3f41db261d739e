//! `cargo bench --workspace --bench bench`: every target of docs/performance.md, measured beside its yardstick in the same run.
//!
//! `cargo test` runs it too: all of it, small, in no time, and without a figure to believe; so it keeps working.

mod calls;
mod cast;
mod cluster;
mod echo;
mod figure;
mod load;
mod machine;
mod options;
mod pgbench;
mod process;
mod report;
mod rows;
mod seed;
mod statements;
mod suite;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use clap::Parser as _;

use cluster::Cluster;
use figure::{Figure, Verdict};
use options::{Effort, Options};
use report::Report;
use rows::Stage;
use suite::Backing;

fn main() -> ExitCode {
    // cargo bench says so; cargo test gives what it gives every test.
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(anyhow::Error::from);
    let ended = runtime.and_then(|runtime| {
        if asked
            .iter()
            .any(|argument| argument == "--bench" || argument.starts_with("--yardstick") || argument == "--help")
        {
            runtime.block_on(bench(Options::parse()))
        } else if asked
            .iter()
            .all(|argument| argument.starts_with('-') && argument != "--list" && argument != "--ignored")
        {
            runtime.block_on(trial())
        } else {
            Ok(())
        }
    });
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            progress(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// What is going on, for whoever waits.
#[expect(clippy::print_stderr, reason = "progress goes to standard error, figures to standard output")]
pub(crate) fn progress(what: &str) {
    eprintln!("bench: {what}");
}

async fn bench(options: Options) -> Result<()> {
    if let Some(database) = &options.yardstick {
        return echo::serve(database).await;
    }
    let began = Instant::now();
    let cluster = Cluster::start().await?;
    let figures = measure(&options, options.effort(), Some(&cluster)).await?;
    ensure!(!figures.is_empty(), "--only names no row: C1..C5, L1, L2, S1, S2, W1..W3, M1..M3, P1, X1");
    let report = Report::new(figures, &options, machine::Machine::this(&cluster.version().await?), began.elapsed());
    report.print();
    if let Some(file) = &options.json {
        report.write_json(file)?;
    }
    if options.is_full() {
        report.publish()?;
    }
    Ok(())
}

/// Every row once and small: each call is answered as expected, each figure is one.
async fn trial() -> Result<()> {
    let cluster = match Cluster::start().await {
        Ok(cluster) => Some(cluster),
        Err(error) => {
            let required = std::env::var_os("LINKAGE_REQUIRE_POSTGRES").is_some_and(|value| value == "1");
            ensure!(!required, "PostgreSQL is required, but: {error:#}");
            progress(&format!("PostgreSQL left out: {error:#}"));
            None
        }
    };
    let options = Options::parse_from(["bench"]);
    let figures = measure(&options, Effort::TRIAL, cluster.as_ref()).await?;
    let rows: std::collections::BTreeSet<_> = figures.iter().map(|figure| figure.row).collect();
    let wanted = if cluster.is_some() { 17 } else { 12 };
    ensure!(rows.len() == wanted, "of {wanted} rows only these were measured: {rows:?}");
    for figure in &figures {
        ensure!(figure.value.is_finite() && figure.value >= 0.0 || figure.row == "S1", "no figure: {figure:?}");
        ensure!(figure.row != "C4" || figure.verdict != Verdict::Missed, "not seen at once: {figure:?}");
    }
    let machine = machine::Machine::this("none");
    let report = Report::new(figures, &options, machine, std::time::Duration::ZERO);
    ensure!(report.markdown("").contains("| C2 |") && report.chart()?.contains("</svg>"), "the report is not whole");
    Ok(())
}

async fn measure(options: &Options, effort: Effort, cluster: Option<&Cluster>) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let checks = ["C2", "C3", "C5", "P1", "S1"];
    let seen = ["C4"];
    let pages = ["L1", "L2"];
    if options.wants(&[&checks[..], &seen, &pages].concat()) {
        let stage = Stage::set(Backing::Sqlite, effort, None).await?;
        if options.wants(&checks) {
            figures.extend(rows::checks::on_sqlite(&stage, effort).await?);
        }
        if options.wants(&pages) {
            figures.extend(rows::pages::on(&stage, effort).await?);
        }
        if options.wants(&seen) {
            figures.extend(rows::seen::on(&stage, effort).await?);
        }
    }
    if let Some(cluster) = cluster {
        figures.extend(measure_postgres(options, effort, cluster).await?);
    }
    if options.wants(&["M3"]) {
        figures.push(rows::start::size()?);
    }
    // One of them is enough to see that it works.
    let second = cluster.filter(|_| !effort.is_trial());
    let backings = [Some(Backing::Sqlite), second.map(Backing::Postgres)];
    for backing in backings.into_iter().flatten() {
        if options.wants(&["M1", "M2"]) {
            figures.extend(rows::start::on(backing, effort).await?);
        }
        if options.wants(&["X1"]) {
            figures.extend(rows::journeys::on(backing, effort).await.context("X1")?);
        }
    }
    figures.sort_by_key(|figure| figure.row);
    Ok(figures)
}

async fn measure_postgres(options: &Options, effort: Effort, cluster: &Cluster) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let (checks, changes, pages, seen) = (["C1", "S1"], ["W1", "W2", "W3", "S2"], ["L1", "L2"], ["C4"]);
    if !options.wants(&[&checks[..], &changes, &pages, &seen].concat()) {
        return Ok(figures);
    }
    let waiting = options.wants(&changes).then(|| rows::changes::waiting(effort));
    let stage = Stage::set(Backing::Postgres(cluster), effort, waiting).await?;
    if options.wants(&checks) {
        figures.extend(rows::checks::on_postgres(&stage, cluster, effort).await?);
    }
    if options.wants(&pages) {
        figures.extend(rows::pages::on(&stage, effort).await?);
    }
    if options.wants(&seen) {
        figures.extend(rows::seen::on(&stage, effort).await?);
    }
    if options.wants(&changes) {
        figures.extend(rows::changes::on_postgres(&stage, cluster, effort).await?);
    }
    Ok(figures)
}
