//! The siblings, reached by gRPC with this service's own token.

mod channel;
mod codec;
mod replicas;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Uri;
use http::uri::PathAndQuery;
use tonic::{Request, Status};

pub use channel::PeerChannel;
use replicas::Replicas;

use crate::ServiceName;
use crate::keys::SigningKey;
use crate::tls::{Authorities, TlsError, Way};
use crate::token::ServiceTokens;

/// How long a direct call may take.
pub const DEADLINE: Duration = Duration::from_secs(3);

/// How long the delivery of a message may take: the receiver writes before it answers.
const DELIVERY_DEADLINE: Duration = Duration::from_secs(10);

/// The ways to the siblings, connected at first use. Cheap to clone.
#[derive(Clone)]
pub struct Peers(Arc<Inner>);

struct Inner {
    tokens: Arc<ServiceTokens>,
    siblings: BTreeMap<ServiceName, Arc<Replicas>>,
}

impl Peers {
    /// Calls `addresses` in the name of `name`, proven by its own key; those that are `https://` by TLS, which needs authorities.
    pub fn new(
        own: SigningKey,
        name: ServiceName,
        addresses: BTreeMap<ServiceName, Uri>,
        authorities: Option<&Arc<Authorities>>,
    ) -> Result<Peers, TlsError> {
        let mut siblings = BTreeMap::new();
        for (peer, address) in addresses {
            siblings.insert(peer, Arc::new(Replicas::new(Way::to(&address, authorities)?)));
        }
        Ok(Peers(Arc::new(Inner { tokens: Arc::new(ServiceTokens::new(name, own)), siblings })))
    }

    /// What a generated client of this sibling is made of: `XClient::new(peers.client(to))`.
    pub fn client(&self, to: ServiceName) -> PeerChannel {
        PeerChannel::new(self.0.siblings.get(&to).cloned(), to, Arc::clone(&self.0.tokens), DEADLINE)
    }

    /// Delivers an encoded request to a method of this sibling; what it answers is not read.
    pub async fn call(
        &self,
        to: ServiceName,
        method: &str,
        payload: Vec<u8>,
        trace: Option<&str>,
    ) -> Result<(), Status> {
        let path = PathAndQuery::try_from(method).map_err(|_| Status::internal(format!("{method} is no method")))?;
        let channel = self.client(to).within(DELIVERY_DEADLINE).traced(trace);
        let mut grpc = tonic::client::Grpc::new(channel);
        let request = Request::new(Bytes::from(payload));
        match tokio::time::timeout(DELIVERY_DEADLINE, grpc.unary(request, path, codec::Raw)).await {
            Ok(answer) => answer.map(drop),
            Err(_) => Err(Status::deadline_exceeded(format!("{to} did not answer in time"))),
        }
    }
}

#[cfg(test)]
mod tests;
