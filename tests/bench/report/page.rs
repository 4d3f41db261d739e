//! The page docs/performance.md.

use std::fmt::Write as _;

use super::Report;
use crate::figure::{Figure, Verdict};
use crate::load::Sample;

pub(super) const HEADER: [&str; 9] = ["#", "what", "figure", "must", "aim", "", "ours", "yardstick", "rounds"];

const BEGIN: &str = "<!-- kept: begin. The command writes all but what stands between these two lines. -->";
const END: &str = "<!-- kept: end -->";

/// What people wrote into the page.
pub(super) fn kept(page: &str) -> &str {
    let after = page.split_once(BEGIN).map_or("", |(_, after)| after);
    after.split_once(END).map_or("", |(kept, _)| kept).trim()
}

pub(super) fn render(report: &Report, kept: &str) -> String {
    let mut page = String::new();
    let _ = write(&mut page, report, kept);
    page
}

fn write(page: &mut String, report: &Report, kept: &str) -> std::fmt::Result {
    let machine = &report.machine;
    writeln!(page, "# Performance\n")?;
    writeln!(
        page,
        "Absolute rates are noise; a ratio inside one run is not. So each figure stands beside its yardstick, measured in turns with \
         it by one command, which also writes this page, [its data](performance.json) and the chart:\n"
    )?;
    writeln!(page, "```sh\n{}\n```\n", report.command)?;
    writeln!(
        page,
        "Measured on {}, commit `{}`: {} × {}, {} GB, {}, PostgreSQL {}; {} customers; {} rounds of {} s; {} s in all.\n",
        machine.date,
        machine.commit,
        machine.cores,
        machine.processor,
        machine.memory_gb,
        machine.system,
        machine.postgres,
        report.customers,
        report.rounds,
        report.round_seconds,
        report.took_seconds
    )?;
    writeln!(page, "![Shares of the yardsticks](performance.svg)\n")?;
    writeln!(page, "| {} |", HEADER.join(" | "))?;
    writeln!(page, "|{}", "---|".repeat(HEADER.len()))?;
    for figure in &report.figures {
        writeln!(page, "| {} |", cells(figure).join(" | "))?;
    }
    writeln!(
        page,
        "\n✔✔ the aim is met, ✔ what must be is met, ✘ missed, · told without a target. A figure is the median of its rounds,\nwhich stand in the last column from the lowest to the highest.\n"
    )?;
    let missed: Vec<_> = report.missed().map(|figure| format!("{} ({})", figure.row, figure.what)).collect();
    let missed = if missed.is_empty() { "none".to_owned() } else { missed.join("; ") };
    writeln!(page, "Missed: {missed}.\n")?;
    for figure in report.figures.iter().filter(|figure| !figure.note.is_empty()) {
        writeln!(page, "- {}, {}: {}.", figure.row, figure.what, figure.note)?;
    }
    writeln!(page, "\n{METHOD}\n\n{BEGIN}\n{kept}\n{END}")
}

const METHOD: &str = "\
## How it is measured

- The built binary serves, as in production: a process of its own, migrated and bootstrapped, all four services in it, its usual
  logging, on SQLite or on a PostgreSQL of the bench's own with `fsync` and `synchronous_commit` on. Server, client and database share
  the cores. 16 calls are in flight over 4 connections, by generated clients, each with a real access token.
- Rows whose people sign in (C4's lag, X1) need the development issuer, so the suites of the channel serve a `--simulation`; what that adds
  is on no call's way. M1 and M2 are of the suite without it.
- The channel is seeded by SQL: 10 resellers to a provider, 10 customers to a reseller, and one reseller with as many customers as
  all others together. A check afterwards, and each one that is measured, must be answered with \"eligible\". What the seed leaves
  out: the journal, answered request ids and closed invitations of those years; they are as empty for the yardstick.
- *echo*: a tonic server of the same kind, unary, bare bytes of the same length, no credential. *echo + look-ups*: the same with
  four point reads by sqlx on the same file.
- *pgbench*: 16 clients, prepared, the very statements that the server logged for one such call, with the ids of another in each
  execution, on the same database, as the same role. Of one transaction all round trips count, as they do for the service. Before the service's turn the
  database gathers its statistics, as it does by itself once a minute: pgbench comes with new connections in each turn, while the service's
  would keep plans made when the journal was empty, and read all of it for each entry.
- Yardstick and service take turns, after a round that warms up and does not count. A figure is the median of the ratios of the rounds.
- While W1, W2, W3 and S2 are measured the bench holds the relay's leases, as a replica elsewhere would: mails wait. One more
  line of W1 shows it with its mails delivered meanwhile, by the same process.
- `--quick` takes two minutes, `--only C1,W2` measures some rows, `--customers 1000000` a larger channel; none of them writes this page
  but the last.

## What it taught";

/// The cells of a figure's line.
pub(super) fn cells(figure: &Figure) -> Vec<String> {
    let unit = figure.unit;
    let target = |pick: fn(crate::figure::Target) -> f64| {
        figure.target.map_or_else(String::new, |target| unit.tell(pick(target)))
    };
    let verdict = match figure.verdict {
        Verdict::Aim => "✔✔",
        Verdict::Must => "✔",
        Verdict::Missed => "✘",
        Verdict::Told => "·",
    };
    let lowest = figure.rounds.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = figure.rounds.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let rounds = match figure.rounds.len() {
        0 | 1 => String::new(),
        _ => format!("{} to {}", unit.tell(lowest), unit.tell(highest)),
    };
    let yardstick = figure.yardstick.as_ref();
    vec![
        figure.row.to_owned(),
        figure.what.clone(),
        unit.tell(figure.value),
        target(|target| target.must),
        target(|target| target.aim),
        verdict.to_owned(),
        figure.ours.as_ref().map(sample).unwrap_or_default(),
        yardstick.map(|(name, of)| format!("{name}: {}", sample(of))).unwrap_or_default(),
        rounds,
    ]
}

/// Rate, median, p99 and CPU, as far as they are known.
fn sample(sample: &Sample) -> String {
    let mut parts = vec![format!("{:.0}/s", sample.rate), format!("p50 {:.2} ms", sample.p50 / 1e3)];
    if sample.p99 > 0.0 {
        parts.push(format!("p99 {:.2} ms", sample.p99 / 1e3));
    }
    if sample.cpu > 0.0 {
        parts.push(format!("{:.0} µs CPU", sample.cpu));
    }
    parts.join(", ")
}
