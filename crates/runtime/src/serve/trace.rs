//! A span for each call, part of the caller's trace, and a measurement of it.

use std::task::{Context, Poll};

use futures::future::BoxFuture;
use http::{Request, Response};
use tonic::body::Body;
use tonic::{Code, Status};
use tower::{Layer, Service};
use tracing::Instrument;

use crate::guard;
use crate::telemetry::{self, Call};

#[derive(Clone, Copy)]
pub(crate) struct TraceLayer;

impl<S> Layer<S> for TraceLayer {
    type Service = Trace<S>;

    fn layer(&self, inner: S) -> Trace<S> {
        Trace { inner }
    }
}

#[derive(Clone)]
pub(crate) struct Trace<S> {
    inner: S,
}

impl<S, B> Service<Request<Body>> for Trace<S>
where
    S: Service<Request<Body>, Response = Response<B>>,
    S::Future: Send + 'static,
    S::Error: 'static,
    B: 'static,
{
    type Response = Response<B>;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response<B>, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        // Probes would be most of what is told, and tell nothing.
        if guard::is_open(request.uri().path()) {
            return Box::pin(self.inner.call(request));
        }
        let call = Call::answered(request.uri().path());
        let span = call.span().clone();
        // From here on the request carries this span as its parent; nothing else of the caller's trace goes further.
        telemetry::adopt(&span, request.headers_mut());
        let answer = span.in_scope(|| self.inner.call(request));
        let told = async move {
            let answer = answer.await?;
            let code = Status::from_header_map(answer.headers()).map_or(Code::Ok, |status| status.code());
            tracing::debug!(?code, "answered");
            call.end(code);
            Ok(answer)
        };
        Box::pin(told.instrument(span))
    }
}
