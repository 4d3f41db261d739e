//! Whether a service serves where its siblings look for it, and is believed to be it.

use std::error::Error as _;
use std::time::Duration;

use http::Uri;
use runtime::ServiceName;
use runtime::tls::{self, HandshakeFailed};
use tonic::{ConnectError, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use super::{Finding, Verdict};
use crate::settings::Settings;

/// How long a service has to answer.
const PATIENCE: Duration = Duration::from_secs(3);

pub(super) async fn look(settings: &Settings, service: ServiceName) -> Finding {
    let finding = |verdict, told| Finding::new(service, "reached", verdict, told);
    let address = match settings.address(service, settings.of(service).listen) {
        Ok(address) => address,
        Err(error) => return finding(Verdict::Wrong, format!("{error:#}")),
    };
    let (verdict, told) = match tokio::time::timeout(PATIENCE, health(settings, &address)).await {
        Ok(Ok(ServingStatus::Serving)) => (Verdict::Well, "it serves".to_owned()),
        Ok(Ok(_)) => (Verdict::Wrong, "it answers, but does not serve: its database is away, or it stops".to_owned()),
        Ok(Err(why)) => (Verdict::Wrong, why),
        Err(_) => (Verdict::Wrong, "no answer in time".to_owned()),
    };
    finding(verdict, format!("{address}: {told}"))
}

async fn health(settings: &Settings, address: &Uri) -> Result<ServingStatus, String> {
    let authorities = settings.tls.authorities().map_err(|error| format!("{error:#}"))?;
    let channel = tls::channel(address, authorities.as_ref(), |endpoint| endpoint);
    let channel = channel.map_err(|error| format!("{error}: tls.authorities_file"))?;
    let answer = HealthClient::new(channel).check(HealthCheckRequest::default()).await;
    answer.map(|answer| answer.into_inner().status()).map_err(|status| unreached(&status))
}

fn unreached(status: &Status) -> String {
    let causes = || std::iter::successors(status.source(), |error| (*error).source());
    if let Some(failed) = causes().find_map(|error| error.downcast_ref::<HandshakeFailed>()) {
        return failed.to_string();
    }
    match (causes().find_map(|error| error.downcast_ref::<ConnectError>()), status.source()) {
        (Some(_), _) => "nobody listens there".to_owned(),
        (None, Some(_)) => {
            "somebody listens, but doesn't speak as the address says: is it https://, or http://?".to_owned()
        }
        (None, None) => format!("it says {:?}", status.code()),
    }
}
