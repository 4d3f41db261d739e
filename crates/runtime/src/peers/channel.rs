//! One sibling's channel: adds the service's token, the deadline and the trace to each call.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use http::header::{AUTHORIZATION, HeaderName};
use http::{HeaderValue, Request, Response};
use tonic::body::Body;
use tonic::{Code, Status};
use tracing::Instrument;

use super::replicas::Replicas;
use crate::ServiceName;
use crate::telemetry::{self, Call};
use crate::token::ServiceTokens;

const GRPC_TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");

/// What tonic says, as CANCELLED, when a deadline has passed.
const TIMED_OUT: &str = "Timeout expired";

/// The way to one sibling, for a generated client.
#[derive(Clone)]
pub struct PeerChannel {
    replicas: Option<Arc<Replicas>>,
    to: ServiceName,
    tokens: Arc<ServiceTokens>,
    deadline: Duration,
    trace: Option<String>,
}

impl PeerChannel {
    pub(super) fn new(
        replicas: Option<Arc<Replicas>>,
        to: ServiceName,
        tokens: Arc<ServiceTokens>,
        deadline: Duration,
    ) -> PeerChannel {
        PeerChannel { replicas, to, tokens, deadline, trace: None }
    }

    /// The same way with another deadline.
    #[must_use]
    pub fn within(self, deadline: Duration) -> PeerChannel {
        PeerChannel { deadline, ..self }
    }

    /// The same way, its calls being part of this trace (a W3C traceparent).
    #[must_use]
    pub fn traced(self, trace: Option<&str>) -> PeerChannel {
        PeerChannel { trace: trace.map(str::to_owned), ..self }
    }

    fn dress(&self, request: &mut Request<Body>) -> Result<(), Status> {
        let bearer = format!("Bearer {}", self.tokens.token_for(self.to)?);
        let mut bearer = HeaderValue::try_from(bearer).map_err(|error| Status::internal(error.to_string()))?;
        bearer.set_sensitive(true);
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, bearer);
        if let Ok(deadline) = HeaderValue::try_from(format!("{}m", self.deadline.as_millis())) {
            headers.entry(GRPC_TIMEOUT).or_insert(deadline);
        }
        if let Some(trace) = self.trace.as_deref().and_then(|trace| HeaderValue::from_str(trace).ok()) {
            headers.insert("traceparent", trace);
        }
        Ok(())
    }
}

impl tower::Service<Request<Body>> for PeerChannel {
    type Response = Response<Body>;
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        // Waiting for a connection is part of the call, so that the deadline covers it.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let (dressed, to) = (self.dress(&mut request), self.to);
        let (replicas, deadline) = (self.replicas.clone(), self.deadline);
        let call = Call::made(request.uri().path(), to, self.trace.as_deref());
        telemetry::carry(call.span(), request.headers_mut());
        let span = call.span().clone();
        let asked = async move {
            let replicas = replicas.ok_or_else(|| Status::unavailable(format!("no address of {to} is configured")))?;
            match tokio::time::timeout(deadline, replicas.call(request)).await {
                Ok(answer) => Ok(timed_out(answer?)),
                Err(_) => Err(Status::deadline_exceeded(format!("{to} did not answer in time")).into()),
            }
        };
        let told = async move {
            dressed?;
            let answer: Result<Response<Body>, Self::Error> = asked.await;
            call.end(match &answer {
                Ok(answer) => Status::from_header_map(answer.headers()).map_or(Code::Ok, |status| status.code()),
                Err(error) => error.downcast_ref().map_or(Code::Unavailable, Status::code),
            });
            answer
        };
        Box::pin(told.instrument(span))
    }
}

/// A deadline that passed at the sibling is told as what it is.
fn timed_out(answer: Response<Body>) -> Response<Body> {
    match Status::from_header_map(answer.headers()) {
        Some(status) if status.code() == Code::Cancelled && status.message() == TIMED_OUT => {
            Status::deadline_exceeded(status.message()).into_http()
        }
        _ => answer,
    }
}
