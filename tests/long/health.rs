//! What a process says of its own health.

use std::net::SocketAddr;

use tokio::runtime::Runtime;
use tonic::transport::Endpoint;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

/// What the process that listens there says under this name.
pub(crate) fn health(runtime: &Runtime, address: SocketAddr, name: &str) -> ServingStatus {
    runtime.block_on(async {
        let endpoint = Endpoint::from_shared(format!("http://{address}")).expect("an address");
        let mut client = HealthClient::new(endpoint.connect().await.expect("it listens"));
        let answer = client.check(HealthCheckRequest { service: name.to_owned() }).await;
        answer.expect("health is told").into_inner().status()
    })
}
