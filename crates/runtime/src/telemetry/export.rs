//! What is sent to a collector: in batches, by threads of their own, from queues that drop what is too much.

use std::sync::OnceLock;
use std::time::Duration;

use opentelemetry::metrics::{Meter, MeterProvider};
use opentelemetry::trace::TracerProvider;
use opentelemetry::{InstrumentationScope, KeyValue, global};
use opentelemetry_otlp::{ExporterBuildError, LogExporter, MetricExporter, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::{LogBatch, SdkLoggerProvider};
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider, SpanData};

use super::{Metric, metrics};
use crate::Mint;

const SCOPE: &str = "linkage";
/// How long what is left may take to be sent at the end, for each of the three.
const LAST: Duration = Duration::from_secs(2);

static ON: OnceLock<(Meter, SdkTracer)> = OnceLock::new();

/// Who is told, and in whose name.
#[derive(Debug, Clone)]
pub struct Collector {
    /// Where it takes OTLP by gRPC, such as `http://127.0.0.1:4317`.
    pub endpoint: String,
    /// The name of this service, or of the process that is all four.
    pub service: &'static str,
}

/// What sends. Dropping it without [`Exporters::end`] loses what was not sent yet.
pub struct Exporters {
    traces: SdkTracerProvider,
    metrics: SdkMeterProvider,
    logs: SdkLoggerProvider,
}

/// The meter, where a collector is configured.
pub(super) fn meter() -> Option<&'static Meter> {
    ON.get().map(|(meter, _)| meter)
}

/// The tracer, where a collector is configured.
pub(super) fn tracer() -> Option<&'static SdkTracer> {
    ON.get().map(|(_, tracer)| tracer)
}

/// Whether anybody is told anything.
pub(crate) fn is_on() -> bool {
    ON.get().is_some()
}

impl Exporters {
    /// Exporters to this collector, which is reached when there is something to send. What else can be set is set by
    /// OpenTelemetry's own variables, such as `OTEL_TRACES_SAMPLER` or `OTEL_METRIC_EXPORT_INTERVAL`.
    pub(super) fn to(collector: &Collector) -> Result<Exporters, ExporterBuildError> {
        let to = &collector.endpoint;
        let resource = resource(collector.service);
        let metrics = MetricExporter::builder().with_tonic().with_endpoint(to).build()?;
        let traces = SpanExporter::builder().with_tonic().with_endpoint(to).build()?;
        let logs = LogExporter::builder().with_tonic().with_endpoint(to).build()?;
        let metrics =
            SdkMeterProvider::builder().with_periodic_exporter(metrics).with_resource(resource.clone()).build();
        // First, and for all: the queues count what they drop by it.
        global::set_meter_provider(metrics.clone());
        let traces = SdkTracerProvider::builder().with_batch_exporter(Counted(traces)).with_resource(resource.clone());
        let logs = SdkLoggerProvider::builder().with_batch_exporter(Counted(logs)).with_resource(resource);
        let exporters = Exporters { traces: traces.build(), metrics, logs: logs.build() };
        let scope = InstrumentationScope::builder(SCOPE).with_version(env!("CARGO_PKG_VERSION")).build();
        let _ = ON.set((exporters.metrics.meter_with_scope(scope), exporters.tracer()));
        Ok(exporters)
    }

    pub(super) fn tracer(&self) -> SdkTracer {
        let scope = InstrumentationScope::builder(SCOPE).with_version(env!("CARGO_PKG_VERSION")).build();
        self.traces.tracer_with_scope(scope)
    }

    pub(super) fn logs(&self) -> &SdkLoggerProvider {
        &self.logs
    }

    /// Sends what is left, for as long as a few seconds. Blocks.
    pub fn end(self) {
        let ended = [
            ("traces", self.traces.shutdown_with_timeout(LAST)),
            ("logs", self.logs.shutdown_with_timeout(LAST)),
            ("metrics", self.metrics.shutdown_with_timeout(LAST)),
        ];
        for (signal, result) in ended {
            if let Err(error) = result {
                tracing::warn!(signal, %error, "what was left could not be sent to the collector");
            }
        }
    }
}

fn resource(service: &'static str) -> Resource {
    Resource::builder()
        .with_service_name(service)
        .with_attributes([
            KeyValue::new("service.namespace", "linkage"),
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
            KeyValue::new("service.instance.id", Mint::default().nonce()),
        ])
        .build()
}

/// Counts what the collector did not take.
#[derive(Debug)]
struct Counted<E>(E);

impl opentelemetry_sdk::trace::SpanExporter for Counted<SpanExporter> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        count(&metrics::LOST, "traces", spans, self.0.export(batch).await)
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.0.set_resource(resource);
    }
}

impl opentelemetry_sdk::logs::LogExporter for Counted<LogExporter> {
    async fn export(&self, batch: LogBatch<'_>) -> OTelSdkResult {
        let records = batch.iter().count();
        count(&metrics::LOST, "logs", records, self.0.export(batch).await)
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.0.set_resource(resource);
    }
}

fn count(lost: &Metric, signal: &str, items: usize, result: OTelSdkResult) -> OTelSdkResult {
    if result.is_err() {
        lost.tell(items as f64, &[signal]);
    }
    result
}
