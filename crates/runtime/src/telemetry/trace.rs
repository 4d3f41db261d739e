//! W3C trace context: from call to call, and over every queue between them.

use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::trace::TraceContextExt;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing::field::Empty;
use tracing_opentelemetry::OpenTelemetrySpanExt;

const TRACE_PARENT: &str = "traceparent";
const TRACE_STATE: &str = "tracestate";

/// Makes the span part of the trace that the headers name, and leaves the span itself in the headers as the parent of what follows.
pub(crate) fn adopt(span: &Span, headers: &mut HeaderMap) {
    let parent = TraceContextPropagator::new().extract(&Carrier(&mut *headers));
    if is_valid(&parent) {
        // It fails where nothing traces; the caller's context is then passed on as it came.
        let _ = span.set_parent(parent.clone());
    }
    let own = span.context();
    leave(if is_valid(&own) { &own } else { &parent }, headers);
    note(span);
}

/// Leaves the span in the headers of a call that is made within it; where nothing traces, what they name already stays.
pub(crate) fn carry(span: &Span, headers: &mut HeaderMap) {
    let own = span.context();
    if is_valid(&own) {
        leave(&own, headers);
    }
}

/// A span for what goes on with something that was left waiting: part of its trace, and linked to what left it.
pub fn resumed(name: &str, kind: &'static str, trace: Option<&str>) -> Span {
    let span = tracing::info_span!("resumed", otel.name = name, otel.kind = kind, trace_id = Empty);
    if let Some(left) = trace.map(remote).filter(is_valid) {
        let _ = span.set_parent(left.clone());
        span.add_link(left.span().span_context().clone());
    }
    note(&span);
    span
}

/// The span as what follows names it, such as a row of a queue; none where nothing traces.
pub fn traceparent(span: &Span) -> Option<String> {
    let mut headers = HeaderMap::new();
    carry(span, &mut headers);
    headers.get(TRACE_PARENT)?.to_str().ok().map(str::to_owned)
}

/// What a `traceparent` names.
pub(super) fn remote(trace: &str) -> Context {
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::try_from(trace) {
        headers.insert(TRACE_PARENT, value);
    }
    TraceContextPropagator::new().extract(&Carrier(&mut headers))
}

/// Writes the trace's id on the log lines of the span.
pub(super) fn note(span: &Span) {
    let context = span.context();
    if is_valid(&context) {
        span.record("trace_id", tracing::field::display(context.span().span_context().trace_id()));
    }
}

fn is_valid(context: &Context) -> bool {
    context.span().span_context().is_valid()
}

/// The trace alone: its callers' own state goes no further.
fn leave(context: &Context, headers: &mut HeaderMap) {
    headers.remove(TRACE_PARENT);
    TraceContextPropagator::new().inject_context(context, &mut Carrier(&mut *headers));
    headers.remove(TRACE_STATE);
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
    use opentelemetry::trace::TracerProvider;
    use opentelemetry_sdk::trace::SdkTracerProvider;
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn within<T>(traced: bool, work: impl FnOnce() -> T) -> T {
        let provider = SdkTracerProvider::builder().build();
        let tracer = traced.then(|| tracing_opentelemetry::layer().with_tracer(provider.tracer("test")));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(tracer), work)
    }

    fn adopted(given: &str, traced: bool) -> Option<String> {
        within(traced, || {
            let mut headers = HeaderMap::from_iter([
                (HeaderName::from_static("traceparent"), given.parse().unwrap()),
                (HeaderName::from_static("tracestate"), "a=b".parse().unwrap()),
            ]);
            adopt(&tracing::info_span!("call", trace_id = Empty), &mut headers);
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

    #[test]
    fn what_was_left_waiting_goes_on_in_its_trace() {
        let goes_on = |traced, left| within(traced, || traceparent(&resumed("deliver", "producer", left)));
        let own = goes_on(true, Some(PARENT)).unwrap();
        assert!(own.starts_with("00-0af7651916cd43dd8448eb211c80319c-") && own != PARENT, "{own}");
        assert!(goes_on(true, None).is_some(), "what nobody traced begins a trace");
        assert_eq!(goes_on(false, Some(PARENT)), None);
    }
}
