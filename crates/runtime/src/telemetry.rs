//! Logs and traces: W3C trace context from call to call, and its id on every log line of a call.

use std::io::IsTerminal;

use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::trace::{TraceContextExt, TracerProvider};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Span;
use tracing::level_filters::LevelFilter;
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};

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
    /// Something else in this process logs already.
    #[error("logging is set up already")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
}

/// Sets up logs on standard error, and traces; once per process. The filter is such as `info,runtime=debug`.
pub fn init(format: Format, filter: &str) -> Result<(), TelemetryError> {
    // The library of numbering plans writes the numbers that it reads, at the level of traces: never, whatever is asked for.
    let filter = EnvFilter::try_new(filter)?.add_directive("rlibphonenumber=off".parse()?);
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines = match format {
        Format::Plain => lines.with_ansi(std::io::stderr().is_terminal()).boxed(),
        Format::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
    };
    // Spans get their ids here; an exporter would be added to this provider.
    let tracer = SdkTracerProvider::builder().build().tracer("linkage");
    let spans = tracing_opentelemetry::layer().with_tracer(tracer);
    let ours = Targets::new().with_target("runtime", LevelFilter::INFO);
    tracing_subscriber::registry().with(spans.with_filter(ours)).with(lines.with_filter(filter)).try_init()?;
    // Where it panicked, but not the text: it may quote what a caller sent.
    std::panic::set_hook(Box::new(|panic| {
        tracing::error!(location = panic.location().map(tracing::field::display), "panic");
    }));
    Ok(())
}

/// Makes the span part of the trace that the headers name, and leaves the span itself in the headers as the parent of what follows.
pub(crate) fn adopt(span: &Span, headers: &mut HeaderMap) {
    let propagator = TraceContextPropagator::new();
    let parent = propagator.extract(&Carrier(&mut *headers));
    if parent.span().span_context().is_valid() {
        // It fails where nothing traces; the caller's context is then passed on as it came.
        let _ = span.set_parent(parent.clone());
    }
    let own = span.context();
    let context = if own.span().span_context().is_valid() { own } else { parent };
    headers.remove("traceparent");
    headers.remove("tracestate");
    propagator.inject_context(&context, &mut Carrier(&mut *headers));
    headers.remove("tracestate");
    if context.span().span_context().is_valid() {
        span.record("trace_id", tracing::field::display(context.span().span_context().trace_id()));
    }
}

struct Carrier<T>(T);

impl Extractor for Carrier<&mut HeaderMap> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

impl Injector for Carrier<&mut HeaderMap> {
    fn set(&mut self, key: &str, value: String) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(key), HeaderValue::try_from(value)) {
            self.0.insert(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn adopted(given: &str, traced: bool) -> Option<String> {
        let provider = SdkTracerProvider::builder().build();
        let tracer = traced.then(|| tracing_opentelemetry::layer().with_tracer(provider.tracer("test")));
        let subscriber = tracing_subscriber::registry().with(tracer);
        tracing::subscriber::with_default(subscriber, || {
            let mut headers = HeaderMap::from_iter([
                (HeaderName::from_static("traceparent"), given.parse().unwrap()),
                (HeaderName::from_static("tracestate"), "a=b".parse().unwrap()),
            ]);
            adopt(&tracing::info_span!("call", trace_id = tracing::field::Empty), &mut headers);
            assert!(!headers.contains_key("tracestate"));
            headers.get("traceparent").map(|value| value.to_str().unwrap().to_owned())
        })
    }

    #[test]
    fn call_goes_on_in_its_callers_trace_under_a_span_of_its_own() {
        let own = adopted(PARENT, true).unwrap();
        assert!(own.starts_with("00-0af7651916cd43dd8448eb211c80319c-") && own != PARENT, "{own}");
    }

    #[test]
    fn trace_is_passed_on_where_nothing_traces() {
        assert_eq!(adopted(PARENT, false).as_deref(), Some(PARENT));
    }

    #[test]
    fn nonsense_begins_a_new_trace() {
        let own = adopted("00-xyz-1", true).unwrap();
        assert_eq!(own.len(), PARENT.len());
        assert_eq!(adopted("00-xyz-1", false), None);
    }
}
