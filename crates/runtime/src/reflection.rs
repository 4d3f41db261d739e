//! gRPC reflection, in both versions. The descriptors are unpacked at the first question, since most processes are never asked.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use http::Request;
use tonic::body::Body;
use tonic::server::NamedService;
use tonic::service::Routes;
use tonic_reflection::server::{Builder, Error};
use tower::Service;

/// A version of the protocol.
pub(crate) trait Version: Clone + Send + Sync + 'static {
    const SERVICE: &'static str;

    fn build(builder: Builder<'_>) -> Result<Routes, Error>;
}

/// The present one.
#[derive(Debug, Clone)]
pub(crate) struct V1;

/// What older clients know alone.
#[derive(Debug, Clone)]
pub(crate) struct V1Alpha;

impl Version for V1 {
    const SERVICE: &'static str = tonic_reflection::pb::v1::server_reflection_server::SERVICE_NAME;

    fn build(builder: Builder<'_>) -> Result<Routes, Error> {
        Ok(Routes::new(builder.build_v1()?))
    }
}

impl Version for V1Alpha {
    const SERVICE: &'static str = tonic_reflection::pb::v1alpha::server_reflection_server::SERVICE_NAME;

    fn build(builder: Builder<'_>) -> Result<Routes, Error> {
        Ok(Routes::new(builder.build_v1alpha()?))
    }
}

/// Tells which gRPC services there are, and what they are like.
#[derive(Debug, Clone)]
pub(crate) struct Reflection<V> {
    services: Arc<[&'static str]>,
    built: Arc<OnceLock<Routes>>,
    version: PhantomData<V>,
}

impl<V: Version> Reflection<V> {
    pub(crate) fn of(services: &[&'static str]) -> Reflection<V> {
        Reflection { services: services.into(), built: Arc::default(), version: PhantomData }
    }

    fn build(&self) -> Routes {
        let builder = Builder::configure()
            .register_encoded_file_descriptor_set(wire::DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            // Clients show details of errors only when they can read them.
            .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET);
        let builder = self.services.iter().copied().fold(builder, Builder::with_service_name);
        V::build(builder).unwrap_or_else(|error| {
            tracing::error!(%error, "the descriptors of the API can't be served");
            Routes::default()
        })
    }
}

impl<V: Version> NamedService for Reflection<V> {
    const NAME: &'static str = V::SERVICE;
}

impl<V: Version> Service<Request<Body>> for Reflection<V> {
    type Response = <Routes as Service<Request<Body>>>::Response;
    type Error = Infallible;
    type Future = <Routes as Service<Request<Body>>>::Future;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // Routes are always ready.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        self.built.get_or_init(|| self.build()).clone().call(request)
    }
}
