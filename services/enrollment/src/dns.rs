//! Asks the public name system for text records. Never inside a transaction: an answer may take seconds.

use std::net::SocketAddr;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError, NoRecords};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::RData;

use crate::domain::domain_name::Finding;

/// Tries per server.
const ATTEMPTS: usize = 2;
/// All tries together, as so many times one of them.
const PATIENCE: u32 = 3;

/// Where to ask, and how long to wait for one answer.
#[derive(Debug, Clone)]
pub(crate) struct Dns {
    /// Empty = those of the system.
    pub(crate) servers: Vec<SocketAddr>,
    pub(crate) timeout: Duration,
}

impl Dns {
    /// The texts at a full name, each of the strings of one record put together; or why there are none. Aliases are followed.
    pub(crate) async fn texts(&self, name: &str) -> Result<Vec<String>, Finding> {
        let resolver = self.resolver().map_err(|error| {
            tracing::error!(%error, "no name server to ask: name some in dns_servers");
            Finding::Silent
        })?;
        let lookup = match tokio::time::timeout(self.timeout * PATIENCE, resolver.txt_lookup(name)).await {
            Ok(Ok(lookup)) => lookup,
            Ok(Err(error)) => return Err(finding(&error)),
            Err(_) => return Err(Finding::Silent),
        };
        let texts: Vec<String> = lookup
            .answers()
            .iter()
            .filter_map(|record| match &record.data {
                RData::TXT(text) => Some(String::from_utf8_lossy(&text.txt_data.concat()).into_owned()),
                _ => None,
            })
            .collect();
        if texts.is_empty() { Err(Finding::NoText) } else { Ok(texts) }
    }

    /// A new one each time, which remembers nothing: who has just published a record need not wait for what was found before.
    fn resolver(&self) -> Result<TokioResolver, NetError> {
        let mut builder = if self.servers.is_empty() {
            TokioResolver::builder_tokio()?
        } else {
            let servers = self.servers.iter().copied().map(server).collect();
            let config = ResolverConfig::from_parts(None, Vec::new(), servers);
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
        };
        let options: &mut ResolverOpts = builder.options_mut();
        options.timeout = self.timeout;
        options.attempts = ATTEMPTS;
        options.cache_size = 0;
        options.use_hosts_file = ResolveHosts::Never;
        builder.build()
    }
}

/// Asked by UDP, and by TCP where the answer is too long for that.
fn server(address: SocketAddr) -> NameServerConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
        connection.port = address.port();
        connection
    });
    NameServerConfig::new(address.ip(), true, connections.into())
}

fn finding(error: &NetError) -> Finding {
    match error {
        NetError::Dns(DnsError::NoRecordsFound(NoRecords { response_code, .. })) => match response_code {
            ResponseCode::NXDomain => Finding::NoName,
            ResponseCode::NoError => Finding::NoText,
            _ => Finding::Failing,
        },
        NetError::Dns(_) => Finding::Failing,
        _ => Finding::Silent,
    }
}
