//! A gRPC client for any RPC of any service, with JSON in and out: what `demo`, `audit` and the tests speak.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::Context as _;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use http::Uri;
use http::uri::PathAndQuery;
use prost::Message as _;
use prost::bytes::{Buf, BufMut};
use prost_reflect::{DescriptorError, DescriptorPool, DynamicMessage, MethodDescriptor, SerializeOptions};
use runtime::ServiceName;
use runtime::tls::{self, Authorities};
use serde_json::Value;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::metadata::MetadataMap;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Response, Status};
use tonic_types::StatusExt;

use crate::settings::Settings;

/// Knows every RPC by its descriptor, and where each service listens.
#[derive(Clone)]
pub struct Client {
    pool: DescriptorPool,
    channels: BTreeMap<ServiceName, Channel>,
    /// What every call is part of.
    trace: Option<String>,
}

/// What a call came to.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status code.
    pub code: Code,
    /// `google.rpc.ErrorInfo.reason`, when refused.
    pub reason: String,
    /// The message of the status, when refused.
    pub message: String,
    /// The answer, or the error's details: `violations`, `preconditions`, `metadata`.
    pub body: Value,
    /// The answer as it came, byte for byte; empty when refused.
    pub payload: Vec<u8>,
    /// What stood beside the answer.
    pub metadata: MetadataMap,
    /// The raw status, for byte-for-byte comparisons.
    pub status: Option<Status>,
}

impl Client {
    /// A client of services that listen at these addresses, by plaintext; connects at first use.
    pub fn new(addresses: &BTreeMap<ServiceName, SocketAddr>) -> anyhow::Result<Client> {
        let address =
            |(service, listen): (&ServiceName, &SocketAddr)| Ok((*service, format!("http://{listen}").parse()?));
        Client::of(&addresses.iter().map(address).collect::<anyhow::Result<_>>()?, None)
    }

    /// A client of the services that are configured, where and how they are reached; connects at first use.
    pub fn configured(settings: &Settings) -> anyhow::Result<Client> {
        let authorities = settings.tls.authorities()?;
        Client::of(&settings.addresses()?, authorities.as_ref()).context("tls.authorities_file")
    }

    fn of(addresses: &BTreeMap<ServiceName, Uri>, authorities: Option<&Arc<Authorities>>) -> anyhow::Result<Client> {
        let mut channels = BTreeMap::new();
        for (service, address) in addresses {
            channels.insert(*service, tls::channel(address, authorities, patient)?);
        }
        Ok(Client { pool: pool()?, channels, trace: None })
    }

    /// The same client, whose calls are part of this trace (a W3C traceparent).
    #[must_use]
    pub fn traced(self, trace: String) -> Client {
        Client { trace: Some(trace), ..self }
    }

    /// All that is known of the API.
    pub fn pool(&self) -> &DescriptorPool {
        &self.pool
    }

    /// The RPC of this name: `linkage.enrollment.v1.UserService/GetSelf`, or shorter `enrollment.UserService/GetSelf`.
    pub fn method(&self, name: &str) -> anyhow::Result<MethodDescriptor> {
        let (service, method) =
            name.split_once('/').ok_or_else(|| anyhow::anyhow!("`{name}` is not `Service/Method`"))?;
        let full = match service.split_once('.') {
            Some((package, rest)) if !service.starts_with("linkage.") => format!("linkage.{package}.v1.{rest}"),
            _ => service.to_owned(),
        };
        let service = self.pool.get_service_by_name(&full).ok_or_else(|| anyhow::anyhow!("no service `{full}`"))?;
        let found = service.methods().find(|m| m.name() == method);
        found.ok_or_else(|| anyhow::anyhow!("`{full}` has no method `{method}`"))
    }

    /// Which service answers an RPC by its package; those that every service serves need to be told.
    pub fn home(method: &MethodDescriptor) -> Option<ServiceName> {
        let package = method.parent_service().package_name().to_owned();
        let name = package.strip_prefix("linkage.")?.split('.').next()?.to_owned();
        if name == "access" { Some(ServiceName::Enrollment) } else { ServiceName::parse(&name) }
    }

    /// Calls an RPC with a JSON request.
    pub async fn call(
        &self,
        to: ServiceName,
        method: &MethodDescriptor,
        request: &Value,
        token: Option<&str>,
    ) -> anyhow::Result<Answer> {
        let message = DynamicMessage::deserialize(method.input(), request)?;
        Ok(self.call_raw(to, method, message.encode_to_vec(), token).await)
    }

    /// Calls an RPC with bytes, which need not be a message at all.
    pub async fn call_raw(
        &self,
        to: ServiceName,
        method: &MethodDescriptor,
        payload: Vec<u8>,
        token: Option<&str>,
    ) -> Answer {
        match self.unary(to, method, payload, token).await {
            Ok(response) => decode(method, response),
            Err(status) => refused(status),
        }
    }

    /// Calls an RPC that answers one thing after the other.
    pub async fn stream(
        &self,
        to: ServiceName,
        method: &MethodDescriptor,
        request: &Value,
        token: Option<&str>,
    ) -> anyhow::Result<BoxStream<'static, Result<Value, Status>>> {
        let message = DynamicMessage::deserialize(method.input(), request)?;
        let (mut grpc, request, path) = self.open(to, method, message.encode_to_vec(), token).await?;
        let answers = grpc.server_streaming(request, path, Bytes).await?.into_inner();
        let method = method.clone();
        Ok(answers.map(move |answer| answer.map(|payload| body(&method, &payload))).boxed())
    }

    async fn unary(
        &self,
        to: ServiceName,
        method: &MethodDescriptor,
        payload: Vec<u8>,
        token: Option<&str>,
    ) -> Result<Response<Vec<u8>>, Status> {
        let (mut grpc, request, path) = self.open(to, method, payload, token).await?;
        if method.is_server_streaming() {
            // Whether it begins is all that one answer can say of a stream.
            return grpc.server_streaming(request, path, Bytes).await.map(|begun| begun.map(|_| Vec::new()));
        }
        grpc.unary(request, path, Bytes).await
    }

    async fn open(
        &self,
        to: ServiceName,
        method: &MethodDescriptor,
        payload: Vec<u8>,
        token: Option<&str>,
    ) -> Result<(tonic::client::Grpc<Channel>, Request<Vec<u8>>, PathAndQuery), Status> {
        let channel = self.channels.get(&to).ok_or_else(|| Status::unavailable("no address for this service"))?;
        let mut grpc = tonic::client::Grpc::new(channel.clone());
        grpc.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
        let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
        let path = path.parse().map_err(|_| Status::internal("not a path"))?;
        let mut request = Request::new(payload);
        if let Some(token) = token {
            let value = format!("Bearer {token}").parse().map_err(|_| Status::unauthenticated("not a token"))?;
            request.metadata_mut().insert("authorization", value);
        }
        if let Some(trace) = &self.trace {
            let value = trace.parse().map_err(|_| Status::internal("not a trace"))?;
            request.metadata_mut().insert("traceparent", value);
        }
        Ok((grpc, request, path))
    }
}

fn patient(endpoint: Endpoint) -> Endpoint {
    endpoint.connect_timeout(Duration::from_secs(2)).timeout(Duration::from_secs(10)).tcp_nodelay(true)
}

fn body(method: &MethodDescriptor, payload: &[u8]) -> Value {
    let options = SerializeOptions::new().skip_default_fields(false).use_proto_field_name(true);
    DynamicMessage::decode(method.output(), payload)
        .ok()
        .and_then(|message| message.serialize_with_options(serde_json::value::Serializer, &options).ok())
        .unwrap_or(Value::Null)
}

fn decode(method: &MethodDescriptor, response: Response<Vec<u8>>) -> Answer {
    let (metadata, payload, _) = response.into_parts();
    let body = body(method, &payload);
    Answer { code: Code::Ok, reason: String::new(), message: String::new(), body, payload, metadata, status: None }
}

fn refused(status: Status) -> Answer {
    let details = status.get_error_details();
    let info = details.error_info();
    let violations: Vec<Value> = details
        .bad_request()
        .map(|bad| &bad.field_violations)
        .into_iter()
        .flatten()
        .map(|v| serde_json::json!({ "field": v.field, "description": v.description }))
        .collect();
    let preconditions: Vec<Value> = details
        .precondition_failure()
        .map(|failure| &failure.violations)
        .into_iter()
        .flatten()
        .map(|v| serde_json::json!({ "type": v.r#type, "subject": v.subject, "description": v.description }))
        .collect();
    let metadata: BTreeMap<_, _> =
        info.map(|info| &info.metadata).into_iter().flatten().map(|(k, v)| (k.clone(), v.clone())).collect();
    Answer {
        code: status.code(),
        reason: info.map(|info| info.reason.clone()).unwrap_or_default(),
        message: status.message().to_owned(),
        body: serde_json::json!({ "violations": violations, "preconditions": preconditions, "metadata": metadata }),
        payload: Vec::new(),
        metadata: status.metadata().clone(),
        status: Some(status),
    }
}

impl Answer {
    /// Whether the answer never came, so that the same request may be sent again.
    pub fn is_transient(&self) -> bool {
        let lost = matches!(self.code, Code::Unavailable | Code::Cancelled | Code::DeadlineExceeded);
        // A connection that is cut gives UNKNOWN or INTERNAL from the client's own stack, without our details.
        lost || (matches!(self.code, Code::Unknown | Code::Internal) && self.reason.is_empty())
    }

    /// Metadata of the refusal, as raw bytes too.
    pub fn trailers(&self) -> Option<&MetadataMap> {
        self.status.as_ref().map(Status::metadata)
    }
}

/// The descriptors, unpacked once per process.
fn pool() -> Result<DescriptorPool, DescriptorError> {
    static POOL: OnceLock<DescriptorPool> = OnceLock::new();
    if let Some(pool) = POOL.get() {
        return Ok(pool.clone());
    }
    let unpacked = DescriptorPool::decode(wire::DESCRIPTOR_SET)?;
    Ok(POOL.get_or_init(|| unpacked).clone())
}

/// Messages as they are on the wire.
#[derive(Debug, Clone, Copy)]
struct Bytes;

impl Codec for Bytes {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Bytes;
    type Decoder = Bytes;

    fn encoder(&mut self) -> Bytes {
        Bytes
    }

    fn decoder(&mut self) -> Bytes {
        Bytes
    }
}

impl Encoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        let length = buffer.remaining();
        Ok(Some(buffer.copy_to_bytes(length).to_vec()))
    }
}
