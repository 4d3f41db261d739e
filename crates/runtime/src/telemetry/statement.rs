//! Statements of a database, by OpenTelemetry's conventions: a span within whatever asked, and a measurement.

use database::{Backend, Told};
use opentelemetry::KeyValue;
use opentelemetry::trace::{Span as _, SpanKind, Status, TraceContextExt, Tracer};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::{export, metrics};
use crate::ServiceName;

/// The longest statement that is told whole. It has no values in it: those are bound.
const TEXT: usize = 1000;

/// Tells of one service's database.
#[derive(Clone, Copy)]
pub(crate) struct Witness {
    service: ServiceName,
    system: &'static str,
}

impl Witness {
    /// None where nobody is told.
    pub(crate) fn of(service: ServiceName, backend: Backend) -> Option<Witness> {
        let system = match backend {
            Backend::Sqlite => "sqlite",
            Backend::Postgres => "postgresql",
        };
        export::is_on().then(|| {
            metrics::RETRIES.tell(0.0, &[service.as_str()]);
            Witness { service, system }
        })
    }

    pub(crate) fn tell(self, told: &Told<'_>) {
        match told {
            Told::Retry => metrics::RETRIES.tell(1.0, &[self.service.as_str()]),
            Told::Statement { text, elapsed, failed } => {
                let operation = text.split_whitespace().next().unwrap_or_default();
                let error = if *failed { "_OTHER" } else { "" };
                let attributes = [self.system, self.service.as_str(), operation, error];
                metrics::STATEMENTS.tell(elapsed.as_secs_f64(), &attributes);
                self.span(operation, told);
            }
        }
    }

    fn span(self, operation: &str, told: &Told<'_>) {
        let (Some(tracer), Told::Statement { text, elapsed, failed }) = (export::tracer(), told) else { return };
        let context = Span::current().context();
        // What nobody asked for, such as the looking of the queues, is not told.
        if !context.span().span_context().is_sampled() {
            return;
        }
        let end = opentelemetry::time::now();
        let mut span = tracer
            .span_builder(format!("{operation} {}", self.service))
            .with_kind(SpanKind::Client)
            .with_start_time(end - *elapsed)
            .with_attributes([
                KeyValue::new("db.system.name", self.system),
                KeyValue::new("db.namespace", self.service.as_str()),
                KeyValue::new("db.operation.name", operation.to_owned()),
                KeyValue::new("db.query.text", text.chars().take(TEXT).collect::<String>()),
            ])
            .start_with_context(tracer, &context);
        if *failed {
            span.set_attribute(KeyValue::new("error.type", "_OTHER"));
            span.set_status(Status::error(""));
        }
        span.end_with_timestamp(end);
    }
}
