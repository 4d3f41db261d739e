//! A measured figure beside its yardstick and its targets.

use serde::Serialize;

use crate::load::Sample;

/// In what a figure is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Unit {
    /// A share of the yardstick; more is better.
    ShareOf,
    /// A share that is lost; less is better.
    ShareLost,
    /// So many times the yardstick; less is better.
    Times,
    Milliseconds,
    Megabytes,
    /// Cases that went wrong; none may.
    Wrong,
    /// Told without a target.
    PerSecond,
}

/// What must be reached, and what is aimed at.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Target {
    pub(crate) must: f64,
    pub(crate) aim: f64,
}

/// How a figure stands to its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    Aim,
    Must,
    Missed,
    Told,
}

/// One line of the table.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Figure {
    /// The row it belongs to, such as `C1`.
    pub(crate) row: &'static str,
    pub(crate) what: String,
    pub(crate) unit: Unit,
    pub(crate) value: f64,
    /// The same in each round.
    pub(crate) rounds: Vec<f64>,
    pub(crate) target: Option<Target>,
    pub(crate) verdict: Verdict,
    pub(crate) ours: Option<Sample>,
    pub(crate) yardstick: Option<(String, Sample)>,
    /// What else is to be known.
    pub(crate) note: String,
}

impl Unit {
    fn more_is_better(self) -> bool {
        matches!(self, Unit::ShareOf | Unit::PerSecond)
    }

    /// A value as people read it.
    pub(crate) fn tell(self, value: f64) -> String {
        match self {
            Unit::ShareOf | Unit::ShareLost => format!("{:.0} %", value * 100.0),
            Unit::Times => format!("{value:.2}×"),
            Unit::Milliseconds if value < 10.0 => format!("{value:.1} ms"),
            Unit::Milliseconds => format!("{value:.0} ms"),
            Unit::Megabytes => format!("{value:.1} MB"),
            Unit::Wrong => format!("{value:.0} wrong"),
            Unit::PerSecond if value < 10.0 => format!("{value:.2} /s"),
            Unit::PerSecond => format!("{value:.0} /s"),
        }
    }
}

impl Figure {
    /// A figure that is the middle of its rounds.
    pub(crate) fn new(row: &'static str, what: impl Into<String>, unit: Unit, rounds: Vec<f64>) -> Figure {
        Figure {
            row,
            what: what.into(),
            unit,
            value: crate::load::median(rounds.iter().copied()),
            rounds,
            target: None,
            verdict: Verdict::Told,
            ours: None,
            yardstick: None,
            note: String::new(),
        }
    }

    /// What it must reach and what it aims at.
    pub(crate) fn target(mut self, must: f64, aim: f64) -> Figure {
        let reaches =
            |wanted: f64| if self.unit.more_is_better() { self.value >= wanted } else { self.value <= wanted };
        self.verdict = match (reaches(aim), reaches(must)) {
            (true, _) => Verdict::Aim,
            (false, true) => Verdict::Must,
            (false, false) => Verdict::Missed,
        };
        self.target = Some(Target { must, aim });
        self
    }

    /// The rounds of ours, and of what it is compared with.
    pub(crate) fn beside(mut self, ours: &[Sample], name: &str, yardstick: &[Sample]) -> Figure {
        self.ours = Some(Sample::median(ours));
        self.yardstick = Some((name.to_owned(), Sample::median(yardstick)));
        self
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Figure {
        self.note = note.into();
        self
    }
}

/// Rate over rate, round by round.
pub(crate) fn shares(ours: &[Sample], yardstick: &[Sample]) -> Vec<f64> {
    by_round(ours, yardstick, |sample| sample.rate)
}

/// One figure over the other's, round by round.
pub(crate) fn by_round(ours: &[Sample], yardstick: &[Sample], figure: fn(&Sample) -> f64) -> Vec<f64> {
    ours.iter().zip(yardstick).map(|(ours, yardstick)| figure(ours) / figure(yardstick)).collect()
}
