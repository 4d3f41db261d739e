//! What a caller gets whose handler panicked.

use std::any::Any;

use http::Response;
use tonic::body::Body;

use crate::Fault;

/// INTERNAL with an incident id. The panic's text stays out of answer and log: it may quote the request.
pub(super) fn answer(_panic: Box<dyn Any + Send>) -> Response<Body> {
    Fault::internal("a handler panicked").into_status().into_http()
}
