//! The way to an address: by TLS where it begins with `https://`.

use std::net::SocketAddr;
use std::sync::Arc;

use http::Uri;
use http::uri::{Authority, Scheme};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_util::either::Either;
use tonic::transport::{Channel, Endpoint, Error};
use tower::Service;

use super::{ALPN, Authorities, TlsError};

/// The port of `https://` where none is named.
const PORT: u16 = 443;
/// The port of `http://` where none is named.
const PLAIN_PORT: u16 = 80;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Somebody listens, but is not who is looked for, or does not speak TLS.
#[derive(Debug, thiserror::Error)]
#[error("TLS with {host}: {why}")]
pub struct HandshakeFailed {
    host: String,
    why: String,
}

/// How an address is reached.
pub(crate) struct Way {
    address: Uri,
    /// The place that the address names, for a connection that is TCP alone.
    place: Uri,
    /// Whom the certificate must be for, and whom it is believed from.
    tls: Option<(ServerName<'static>, Arc<Authorities>)>,
}

impl Way {
    /// By TLS where the address is `https://..`, which needs authorities.
    pub(crate) fn to(address: &Uri, authorities: Option<&Arc<Authorities>>) -> Result<Way, TlsError> {
        if address.scheme() != Some(&Scheme::HTTPS) {
            return Ok(Way { address: address.clone(), place: address.clone(), tls: None });
        }
        let authorities = authorities.ok_or_else(|| TlsError::NoAuthorities(address.to_string()))?;
        let nobody = || TlsError::NoHost(address.to_string());
        let (name, place) = (host(address).ok_or_else(nobody)?, plain(address).ok_or_else(nobody)?);
        Ok(Way { address: address.clone(), place, tls: Some((name, Arc::clone(authorities))) })
    }

    /// The name, or the address, to look up.
    pub(crate) fn host(&self) -> &str {
        self.place.host().map(bare).unwrap_or_default()
    }

    /// The port there.
    pub(crate) fn port(&self) -> u16 {
        self.place.port_u16().unwrap_or(PLAIN_PORT)
    }

    /// A channel, connected at first use; `set` says what else is to be so of it.
    fn channel(&self, set: impl FnOnce(Endpoint) -> Endpoint) -> Channel {
        self.connected(set(Endpoint::from(self.place.clone())))
    }

    /// The same to one of the addresses that its host stands for: whoever answers there must still prove to be the host.
    pub(crate) fn channel_at(&self, at: SocketAddr, set: impl FnOnce(Endpoint) -> Endpoint) -> Result<Channel, Error> {
        Ok(self.connected(set(Endpoint::try_from(format!("http://{at}"))?)))
    }

    fn connected(&self, endpoint: Endpoint) -> Channel {
        let (tls, limit) = (self.tls.clone(), endpoint.get_connect_timeout());
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(endpoint.get_tcp_nodelay());
        // tonic's own TLS knows the authorities of the start for good, and of a connector of ours it takes no `https://`: so that is said as the origin.
        let endpoint = endpoint.origin(self.address.clone());
        // Who is late here is told as who was not reached, which tonic's own limit does not say: it comes second.
        let endpoint = limit.into_iter().fold(endpoint, |endpoint, limit| endpoint.connect_timeout(limit * 2));
        endpoint.connect_with_connector_lazy(tower::service_fn(move |place: Uri| {
            let (connecting, tls) = (tcp.call(place), tls.clone());
            let reached = async {
                let tcp = connecting.await?.into_inner();
                match tls {
                    None => Ok(Either::Left(tcp)),
                    Some((name, authorities)) => greet(tcp, name, &authorities).await.map(Either::Right),
                }
            };
            async move {
                let reached: Result<_, Failure> = match limit {
                    None => reached.await,
                    Some(limit) => tokio::time::timeout(limit, reached).await.unwrap_or_else(|late| Err(late.into())),
                };
                reached.map(TokioIo::new)
            }
        }))
    }
}

/// A channel to this address, connected at first use; `set` says what else is to be so of it. By TLS, whoever answers proves to be the host that
/// the address names, by a certificate of these authorities as they are at that moment.
pub fn channel(
    address: &Uri,
    authorities: Option<&Arc<Authorities>>,
    set: impl FnOnce(Endpoint) -> Endpoint,
) -> Result<Channel, TlsError> {
    Way::to(address, authorities).map(|way| way.channel(set))
}

async fn greet(
    tcp: TcpStream,
    name: ServerName<'static>,
    authorities: &Authorities,
) -> Result<TlsStream<TcpStream>, Failure> {
    let failed = |why: String| HandshakeFailed { host: name.to_str().into_owned(), why };
    let connector = TlsConnector::from(authorities.now());
    let stream = connector.connect(name.clone(), tcp).await.map_err(|error| failed(error.to_string()))?;
    match stream.get_ref().1.alpn_protocol() {
        Some(ALPN) => Ok(stream),
        _ => Err(failed("it does not speak HTTP/2 there".to_owned()).into()),
    }
}

/// Whom the certificate must be for.
fn host(address: &Uri) -> Option<ServerName<'static>> {
    ServerName::try_from(bare(address.host()?).to_owned()).ok()
}

/// An address of IPv6 without its brackets.
fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

/// The same place, for a connection that is TCP alone.
fn plain(address: &Uri) -> Option<Uri> {
    let place = format!("{}:{}", address.host()?, address.port_u16().unwrap_or(PORT));
    let place = place.parse::<Authority>().ok()?;
    Uri::builder().scheme(Scheme::HTTP).authority(place).path_and_query("/").build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_an_address_is_who_is_verified_and_where_it_is_looked_for() {
        for (address, name, way) in [
            ("https://enrollment:50051", "enrollment", "http://enrollment:50051/"),
            ("https://linkage.example", "linkage.example", "http://linkage.example:443/"),
            ("https://192.0.2.7:1", "192.0.2.7", "http://192.0.2.7:1/"),
            ("https://[2001:db8::7]:1", "2001:db8::7", "http://[2001:db8::7]:1/"),
        ] {
            let address: Uri = address.parse().unwrap();
            assert_eq!(host(&address).unwrap().to_str(), name);
            assert_eq!(plain(&address).unwrap().to_string(), way);
        }
        assert!(host(&"https://under_score..dots:1".parse().unwrap()).is_none());
    }

    #[tokio::test]
    async fn nobody_is_reached_by_tls_unless_somebody_is_believed() {
        let refused = |address: &str| channel(&address.parse().unwrap(), None, |endpoint| endpoint).err();
        assert!(matches!(refused("https://enrollment:50051"), Some(TlsError::NoAuthorities(_))));
        assert!(refused("http://enrollment:50051").is_none());
    }
}
