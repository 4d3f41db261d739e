//! One measurement: its name and meaning, and the instrument, made when it is first told.

use std::sync::OnceLock;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Gauge, Histogram, Meter, UpDownCounter};

use super::export;

/// Limits between the counts of a histogram, in seconds: from a read to what waits for an operator's coffee.
const SECONDS: [f64; 14] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0, 600.0];

/// A measurement of the product. Instruments and documents are made from it, so none can say what the other does not.
#[derive(Debug)]
pub struct Metric {
    /// As OpenTelemetry names it.
    pub name: &'static str,
    /// What kind of number it is.
    pub kind: Kind,
    /// UCUM, such as `s` or `{row}`.
    pub unit: &'static str,
    /// By what it is told apart; values follow in the same order.
    pub attributes: &'static [&'static str],
    /// What it counts, one sentence.
    pub about: &'static str,
    instrument: OnceLock<Instrument>,
}

/// What kind of number a metric is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Grows and shrinks by what happens.
    UpDown,
    /// Is what it is when it is looked at.
    Gauge,
    /// How often it lay within which limits.
    Histogram,
}

#[derive(Debug)]
enum Instrument {
    Counter(Counter<u64>),
    UpDown(UpDownCounter<i64>),
    Gauge(Gauge<f64>),
    Histogram(Histogram<f64>),
}

impl Metric {
    /// A metric that nothing was told of yet.
    pub const fn new(
        name: &'static str,
        kind: Kind,
        unit: &'static str,
        attributes: &'static [&'static str],
        about: &'static str,
    ) -> Metric {
        Metric { name, kind, unit, attributes, about, instrument: OnceLock::new() }
    }

    /// Adds the value to a counter, sets a gauge to it, counts it in a histogram. An empty attribute is left out; where no collector
    /// is configured this does nothing.
    pub fn tell(&self, value: f64, attributes: &[&str]) {
        let Some(meter) = export::meter() else { return };
        let given = self.attributes.iter().zip(attributes).filter(|(_, value)| !value.is_empty());
        let given: Vec<_> = given.map(|(key, value)| KeyValue::new(*key, (*value).to_owned())).collect();
        match self.instrument.get_or_init(|| self.make(meter)) {
            // What is counted is whole, and grows.
            Instrument::Counter(counter) => counter.add(value as u64, &given),
            Instrument::UpDown(counter) => counter.add(value as i64, &given),
            Instrument::Gauge(gauge) => gauge.record(value, &given),
            Instrument::Histogram(histogram) => histogram.record(value, &given),
        }
    }

    /// Its name where a collector hands it to Prometheus: with its unit, and `_total` for what only grows.
    pub fn prometheus(&self) -> String {
        let name = self.name.replace('.', "_");
        let unit = if self.unit == "s" { "_seconds" } else { "" };
        let total = if self.kind == Kind::Counter { "_total" } else { "" };
        format!("{name}{unit}{total}")
    }

    fn make(&self, meter: &Meter) -> Instrument {
        let (name, unit, about) = (self.name, self.unit, self.about);
        match self.kind {
            Kind::Counter => {
                Instrument::Counter(meter.u64_counter(name).with_unit(unit).with_description(about).build())
            }
            Kind::UpDown => {
                Instrument::UpDown(meter.i64_up_down_counter(name).with_unit(unit).with_description(about).build())
            }
            Kind::Gauge => Instrument::Gauge(meter.f64_gauge(name).with_unit(unit).with_description(about).build()),
            Kind::Histogram => {
                let histogram = meter.f64_histogram(name).with_unit(unit).with_description(about);
                Instrument::Histogram(histogram.with_boundaries(SECONDS.to_vec()).build())
            }
        }
    }
}
