//! The one door: proves who calls and applies the policy before any handler runs.
//!
//! Of the metadata only the bearer token is believed; deadline and trace are the server's concern.

mod credential;
mod failures;
mod limit;
mod rules;

use std::net::IpAddr;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::future::BoxFuture;
use http::{HeaderMap, Request, Response};
use tonic::body::Body;
use tonic::{Code, Status};

use crate::serve::DECODE_LIMIT;
use crate::telemetry::metrics;
use crate::{App, Caller, Fault, Identity, Limits, Reason, Rule, Service, source};
use credential::Credentials;
pub(crate) use credential::Proof;
use limit::Limiter;
pub use rules::{RUNTIME_APPLICATIONS, RUNTIME_POLICY, reaches};
use rules::{Rules, decide, is_reflection, unknown_method};
pub(crate) use rules::{is_open, known};

/// The layer around all gRPC services of one server.
#[derive(Clone)]
pub struct Guard(Arc<Gate>);

struct Gate {
    rules: Rules,
    credentials: Credentials,
    limiter: Limiter,
    simulation: bool,
}

/// A server behind the guard.
#[derive(Clone)]
pub struct Guarded<I> {
    gate: Arc<Gate>,
    inner: I,
}

impl Guard {
    /// The guard of this service.
    pub fn new<S: Service>(app: &App<S>, limits: Limits, simulation: bool) -> Guard {
        let floor = app.floor();
        Guard(Arc::new(Gate {
            rules: Rules::new(S::NAME, S::POLICY, S::APPLICATIONS),
            credentials: Credentials::new(
                S::NAME,
                &floor.keys,
                Arc::clone(&floor.access),
                floor.rights.clone(),
                limits,
            ),
            limiter: Limiter::new(limits, S::URGENT),
            simulation,
        }))
    }
}

impl Gate {
    /// The caller, if the policy lets it in; `None` for what is open to all and has no handler of ours.
    async fn admit(&self, method: &str, headers: &HeaderMap, source: Option<IpAddr>) -> Result<Option<Caller>, Fault> {
        let Some(rule) = self.rules.of(method)? else {
            // A load balancer asks as often as it likes; a developer's tool asks once, for answers at length.
            return if is_reflection(method) { self.limiter.admit(source).map(|()| None) } else { Ok(None) };
        };
        if rule == Rule::Simulation && !(self.simulation && source.is_some_and(|ip| ip.is_loopback())) {
            return Err(unknown_method());
        }
        let (identity, proof) = match credential::bearer(headers)? {
            Some(token) => {
                self.credentials.prove(token, source).await.map(|(identity, proof)| (identity, Some(proof)))?
            }
            None => (Identity::Anonymous, None),
        };
        if rule == Rule::Public && !matches!(identity, Identity::Service(_)) {
            self.limiter.admit(source)?;
        }
        let scope = match &identity {
            Identity::Application(application) => self.rules.admit(application, method, rule)?,
            identity => decide(rule, identity)?,
        };
        let mut caller = Caller::new(identity, method);
        caller.scope = scope;
        caller.proof = proof;
        caller.source = source;
        caller.trace_parent = trace_parent(headers);
        self.limiter.count(&caller)?;
        Ok(Some(caller))
    }
}

impl<I> tower::Layer<I> for Guard {
    type Service = Guarded<I>;

    fn layer(&self, inner: I) -> Guarded<I> {
        Guarded { gate: Arc::clone(&self.0), inner }
    }
}

impl<I, B> tower::Service<Request<B>> for Guarded<I>
where
    I: tower::Service<Request<B>, Response = Response<Body>> + Clone + Send + 'static,
    I::Future: Send,
    B: Send + 'static,
{
    type Response = Response<Body>;
    type Error = I::Error;
    type Future = BoxFuture<'static, Result<Response<Body>, I::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), I::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let gate = Arc::clone(&self.gate);
        // The clone has not been polled ready; the one that was must make the call.
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            let source = source::address(&parts.extensions);
            match gate.admit(parts.uri.path(), &parts.headers, source).await {
                Ok(caller) => {
                    caller.map(|caller| parts.extensions.insert(caller));
                    inner.call(Request::from_parts(parts, body)).await.map(typed)
                }
                Err(fault) => {
                    let method = known(parts.uri.path());
                    tracing::info!(method, reason = fault.reason(), "refused at the door");
                    metrics::REFUSED.tell(1.0, &[method.trim_start_matches('/'), fault.reason()]);
                    Ok(fault.into_status().into_http())
                }
            }
        })
    }
}

/// tonic refuses a message over its limit by a code alone; callers are told why in the same way as of everything else.
fn typed(response: Response<Body>) -> Response<Body> {
    let refused = Status::from_header_map(response.headers());
    if !refused.is_some_and(|status| status.code() == Code::OutOfRange && status.details().is_empty()) {
        return response;
    }
    let message = "the message is too large";
    let fault = Fault::new(Code::InvalidArgument, Reason::FieldInvalid, message);
    fault.violation("", format!("a message has at most {DECODE_LIMIT} bytes")).into_status().into_http()
}

/// The W3C trace that the call belongs to; what is not one is dropped.
fn trace_parent(headers: &HeaderMap) -> Option<String> {
    let text = headers.get("traceparent")?.to_str().ok()?;
    let lengths: Vec<_> = text.split('-').map(str::len).collect();
    let hexadecimal = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-'));
    (hexadecimal && lengths == [2, 32, 16, 2]).then(|| text.to_owned())
}

#[cfg(test)]
mod tests;
