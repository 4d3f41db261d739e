//! From a tonic request to a handler's arguments, and from its outcome to a tonic response.

use tonic::metadata::MetadataValue;
use tonic::{Request, Response, Status};

use crate::{Caller, Fault};

/// Answers that come one after the other.
pub type Answers<T> = futures::stream::BoxStream<'static, Result<T, Status>>;

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

/// A service's table of contents: each RPC and the handler that answers it, as
/// `rpcs! { App, pb; UserService by UserServiceServer { get_user(GetUserRequest) -> User = user::get::get; } }`.
///
/// An RPC that answers with a stream follows the others, with a star and the name that tonic gives the stream:
/// `* watch_users(WatchUsersRequest) -> User as WatchUsersStream = user::watch::watch;`
///
/// Makes what tonic asks for, and `routes(app)`: every gRPC service with the limits of message sizes.
#[macro_export]
macro_rules! rpcs {
    ($app:ty, $pb:ident; $($service:ident by $server:ident {
        $($rpc:ident($request:ident) -> $answer:ident = $handler:path;)+
        $(* $many:ident($many_request:ident) -> $many_answer:ident as $stream:ident = $many_handler:path;)*
    })+) => {
        struct Rpc($app);

        /// Every gRPC service here.
        pub(crate) fn routes(app: &$app) -> ::tonic::service::Routes {
            ::tonic::service::Routes::default()$(.add_service(
                $server::new(Rpc(app.clone()))
                    .max_decoding_message_size($crate::serve::DECODE_LIMIT)
                    .max_encoding_message_size($crate::serve::ENCODE_LIMIT),
            ))+
        }

        $(#[::tonic::async_trait]
        impl $service for Rpc {
            $(async fn $rpc(
                &self,
                request: ::tonic::Request<$pb::$request>,
            ) -> Result<::tonic::Response<$pb::$answer>, ::tonic::Status> {
                $crate::handle!(self, request, $handler)
            })+

            $(type $stream = $crate::reply::Answers<$pb::$many_answer>;

            async fn $many(
                &self,
                request: ::tonic::Request<$pb::$many_request>,
            ) -> Result<::tonic::Response<Self::$stream>, ::tonic::Status> {
                $crate::handle!(self, request, $many_handler)
            })*
        })+
    };
}
