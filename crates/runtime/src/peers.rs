//! The siblings, reached by gRPC with this service's own token.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use tonic::transport::Channel;

use crate::{Fault, ServiceName};

/// How long a direct call may take.
pub const DEADLINE: Duration = Duration::from_secs(3);

/// Channels to the siblings, connected at first use.
#[derive(Clone)]
pub struct Peers {
    channels: BTreeMap<ServiceName, Channel>,
}
