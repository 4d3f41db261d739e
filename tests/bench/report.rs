//! Tells the figures: on the terminal, as JSON, as a page and as a chart.

mod chart;
mod page;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::figure::{Figure, Unit, Verdict};
use crate::machine::Machine;
use crate::options::Options;

/// A run and its figures.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    command: String,
    machine: Machine,
    customers: u64,
    in_flight: usize,
    rounds: usize,
    round_seconds: f64,
    took_seconds: u64,
    figures: Vec<Figure>,
}

impl Report {
    pub(crate) fn new(figures: Vec<Figure>, options: &Options, machine: Machine, took: Duration) -> Report {
        let effort = options.effort();
        let mut flags = Vec::new();
        if options.quick {
            flags.push("--quick".to_owned());
        }
        if options.customers != 100_000 {
            flags.push(format!("--customers {}", options.customers));
        }
        if !options.only.is_empty() {
            flags.push(format!("--only {}", options.only.join(",")));
        }
        let flags = if flags.is_empty() { String::new() } else { format!(" -- {}", flags.join(" ")) };
        Report {
            command: format!("cargo bench --workspace --bench bench{flags}"),
            machine,
            customers: options.customers,
            in_flight: crate::load::WIDTH,
            rounds: effort.rounds,
            round_seconds: effort.round.as_secs_f64(),
            took_seconds: took.as_secs(),
            figures,
        }
    }

    /// The table for a terminal.
    #[expect(clippy::print_stdout, reason = "the figures are what the command is for")]
    pub(crate) fn print(&self) {
        let mut table = comfy_table::Table::new();
        table.load_style(comfy_table::presets::UTF8_BORDERS_ONLY);
        table.set_header(page::HEADER);
        for figure in &self.figures {
            table.add_row(page::cells(figure));
        }
        println!("{table}");
        let notes = self.figures.iter().filter(|figure| !figure.note.is_empty());
        for figure in notes {
            println!("{} {}: {}", figure.row, figure.what, figure.note);
        }
        println!("took {} s", self.took_seconds);
    }

    pub(crate) fn write_json(&self, file: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self)? + "\n";
        fs::write(file, text).with_context(|| file.display().to_string())
    }

    /// Writes the documents; of the page the part between its markers stays as it is.
    pub(crate) fn publish(&self) -> Result<()> {
        let docs = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs"));
        self.write_json(&docs.join("performance.json"))?;
        fs::write(docs.join("performance.svg"), self.chart()?)?;
        let page = docs.join("performance.md");
        let before = fs::read_to_string(&page).unwrap_or_default();
        Ok(fs::write(&page, self.markdown(&before))?)
    }

    /// The page; `before` is what it was.
    pub(crate) fn markdown(&self, before: &str) -> String {
        page::render(self, page::kept(before))
    }

    /// The chart as SVG: what is told as a share of its yardstick.
    pub(crate) fn chart(&self) -> Result<String> {
        let shares = |figure: &&Figure| figure.unit == Unit::ShareOf && figure.target.is_some();
        chart::render(&self.figures.iter().filter(shares).collect::<Vec<_>>())
    }

    fn missed(&self) -> impl Iterator<Item = &Figure> {
        self.figures.iter().filter(|figure| figure.verdict == Verdict::Missed)
    }
}
