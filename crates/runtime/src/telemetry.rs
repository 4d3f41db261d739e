//! Logs, traces and metrics: on standard error always, and to a collector where one is configured.
//!
//! Of a call they tell which it was, how long it took and how it ended: never what it carried, nor of whom.

mod call;
mod export;
mod metric;
pub mod metrics;
mod statement;
mod trace;

use std::io::IsTerminal;

use opentelemetry::trace::TracerProvider;
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};

pub(crate) use call::Call;
pub(crate) use export::is_on;
pub use export::{Collector, Exporters};
pub use metric::{Kind, Metric};
pub(crate) use statement::Witness;
pub(crate) use trace::{adopt, carry};
pub use trace::{resumed, traceparent};

/// Spans of these are ours to tell a collector of.
const OURS: &str = "runtime";

/// What the exporters are made of: told to the collector, it would have them send more and more.
const BENEATH: [&str; 6] = ["h2", "hyper", "hyper_util", "opentelemetry", "tonic", "tower"];

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Plain,
    /// One JSON object per line.
    Json,
}

/// Why logging was not set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter can't be understood.
    #[error("log filter: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// Nothing can be sent to such a collector.
    #[error("collector: {0}")]
    Collector(#[from] opentelemetry_otlp::ExporterBuildError),
    /// Something else in this process logs already.
    #[error("logging is set up already")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
}

/// Sets up logs on standard error, traces, and what is sent to the collector if there is one; once per process, within the async
/// runtime. The filter is such as `info,runtime=debug`.
pub fn init(format: Format, filter: &str, collector: Option<&Collector>) -> Result<Option<Exporters>, TelemetryError> {
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines = match format {
        Format::Plain => lines.with_ansi(std::io::stderr().is_terminal()).boxed(),
        Format::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
    };
    let exporters = collector.map(Exporters::to).transpose()?;
    // Spans get their ids here, whether anybody is told of them or not. Where nobody is, nothing is written down but what a caller traces, and what
    // begins here is told by no sibling either: one collector serves all four.
    let tracer = match &exporters {
        Some(exporters) => exporters.tracer(),
        None => {
            let callers = Sampler::ParentBased(Box::new(Sampler::AlwaysOff));
            SdkTracerProvider::builder().with_sampler(callers).build().tracer("linkage")
        }
    };
    let spans = tracing_opentelemetry::layer().with_tracer(tracer).with_location(false).with_threads(false);
    // What is sent as logs asks which span it is in; nothing else does.
    let spans = spans.with_context_activation(exporters.is_some());
    let spans = spans.with_target(false).with_tracked_inactivity(false).with_level(false);
    // What is logged within a span is sent as logs.
    let ours = filter_fn(|metadata| metadata.is_span() && metadata.target().starts_with(OURS));
    let spans = spans.with_filter(ours.with_max_level_hint(LevelFilter::INFO));
    let logs = match &exporters {
        Some(exporters) => Some(OpenTelemetryTracingBridge::new(exporters.logs()).with_filter(exported(filter)?)),
        None => None,
    };
    tracing_subscriber::registry().with(spans).with(logs).with(lines.with_filter(kept(filter)?)).try_init()?;
    metrics::begin();
    // Where it panicked, but not the text: it may quote what a caller sent.
    std::panic::set_hook(Box::new(|panic| {
        metrics::PANICS.tell(1.0, &[]);
        tracing::error!(location = panic.location().map(tracing::field::display), "panic");
    }));
    Ok(exporters)
}

/// The library of numbering plans writes the numbers that it reads, at the level of traces: never, whatever is asked for.
fn kept(filter: &str) -> Result<EnvFilter, TelemetryError> {
    Ok(EnvFilter::try_new(filter)?.add_directive("rlibphonenumber=off".parse()?))
}

fn exported(filter: &str) -> Result<EnvFilter, TelemetryError> {
    BENEATH.iter().try_fold(kept(filter)?, |filter, crates| Ok(filter.add_directive(format!("{crates}=off").parse()?)))
}
