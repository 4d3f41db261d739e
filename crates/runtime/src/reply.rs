//! From a tonic request to a handler's arguments, and from its outcome to a tonic response.

use tonic::metadata::MetadataValue;
use tonic::{Request, Response, Status};

use crate::{Caller, Fault};

/// Response metadata that marks a stored answer.
pub const REPLAYED: &str = "idempotency-replayed";

/// The caller that the guard has proven, and the message.
pub fn open<M>(request: Request<M>) -> Result<(Caller, M), Status> {
    let caller = request.extensions().get::<Caller>().cloned();
    // A server without the guard is a defect of ours, never a call to let through.
    let caller = caller.ok_or_else(|| Fault::internal("no guard before this handler").into_status())?;
    Ok((caller, request.into_inner()))
}

/// The response for a handler's outcome.
pub fn reply<T>(caller: &Caller, outcome: Result<T, Fault>) -> Result<Response<T>, Status> {
    let mut response = Response::new(outcome?);
    if caller.was_replayed() {
        response.metadata_mut().insert(REPLAYED, MetadataValue::from_static("true"));
    }
    Ok(response)
}

/// `handle!(self, request, create::create)`: opens the request, calls the handler with the app, replies.
#[macro_export]
macro_rules! handle {
    ($self:ident, $request:ident, $handler:path) => {{
        let (caller, message) = $crate::open($request)?;
        let outcome = $handler(&$self.0, &caller, message).await;
        $crate::reply(&caller, outcome)
    }};
}
