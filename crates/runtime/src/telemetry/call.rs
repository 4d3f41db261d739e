//! One call, made or answered: a span and a measurement of it, by OpenTelemetry's conventions for RPC.

use std::time::Instant;

use opentelemetry::trace::Status;
use tonic::Code;
use tracing::Span;
use tracing::field::Empty;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::{Metric, export, metrics, trace};
use crate::{ServiceName, guard};

const SYSTEM: &str = "grpc";
/// What the conventions call a method that there is not.
const OTHER: &str = "_OTHER";

/// A call under way. One that is dropped was given up by its caller.
pub(crate) struct Call {
    side: Side,
    method: &'static str,
    span: Span,
    begun: Instant,
    ended: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Server,
    /// The sibling that is called.
    Client(ServiceName),
}

impl Call {
    /// A call that came by this path.
    pub(crate) fn answered(path: &str) -> Call {
        let method = name(path);
        metrics::UNDER_WAY.tell(1.0, &[]);
        let span = tracing::info_span!("call", otel.name = method, otel.kind = "server", trace_id = Empty);
        Call::new(Side::Server, method, span)
    }

    /// A call of a sibling: part of this trace, or else of whatever it is made within.
    pub(crate) fn made(path: &str, to: ServiceName, within: Option<&str>) -> Call {
        let method = name(path);
        let span = tracing::info_span!("ask", otel.name = method, otel.kind = "client");
        if let Some(trace) = within {
            let _ = span.set_parent(trace::remote(trace));
        }
        Call::new(Side::Client(to), method, span)
    }

    fn new(side: Side, method: &'static str, span: Span) -> Call {
        if export::is_on() {
            span.set_attribute("rpc.system.name", SYSTEM);
            span.set_attribute("rpc.method", method);
            if let Side::Client(to) = side {
                span.set_attribute("server.address", to.as_str());
            }
        }
        Call { side, method, span, begun: Instant::now(), ended: false }
    }

    pub(crate) fn span(&self) -> &Span {
        &self.span
    }

    /// The call came to its end, as far as its answer's headers tell.
    pub(crate) fn end(mut self, code: Code) {
        self.tell(code);
    }

    fn tell(&mut self, code: Code) {
        self.ended = true;
        if self.side == Side::Server {
            metrics::UNDER_WAY.tell(-1.0, &[]);
        }
        if !export::is_on() {
            return;
        }
        let status = status(code);
        let error = if is_error(self.side, code) { status } else { "" };
        let (metric, peer): (&Metric, &str) = match self.side {
            Side::Server => (&metrics::ANSWERED, ""),
            Side::Client(to) => (&metrics::ASKED, to.as_str()),
        };
        metric.tell(self.begun.elapsed().as_secs_f64(), &[SYSTEM, self.method, status, error, peer]);
        self.span.set_attribute("rpc.response.status_code", status);
        if !error.is_empty() {
            self.span.set_attribute("error.type", error);
            // Without words: what a status says may name whom it is about.
            self.span.set_status(Status::error(""));
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if !self.ended {
            self.tell(Code::Cancelled);
        }
    }
}

fn name(path: &str) -> &'static str {
    guard::known(path).strip_prefix('/').unwrap_or(OTHER)
}

/// For a server only what is its own fault.
fn is_error(side: Side, code: Code) -> bool {
    match code {
        Code::Ok => false,
        Code::Unknown
        | Code::DeadlineExceeded
        | Code::Unimplemented
        | Code::Internal
        | Code::Unavailable
        | Code::DataLoss => true,
        _ => side != Side::Server,
    }
}

/// The code as gRPC's own documents write it.
fn status(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
