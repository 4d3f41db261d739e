//! Where a call comes from: the other end of its connection, or who is behind a proxy that is trusted to say so.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use http::{HeaderMap, Request};
use ipnet::IpNet;
use serde::Deserialize;
use tonic::transport::server::{TcpConnectInfo, TlsConnectInfo};

/// Where proxies write down, each behind the one before, who has called them.
const FORWARDED: &str = "x-forwarded-for";

/// A network, such as `10.1.0.0/16`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network(IpNet);

/// Networks of proxies whose word on who calls is taken. Nobody else's is: anybody may write such a header.
#[derive(Debug, Clone, Default)]
pub(crate) struct Proxies(Vec<IpNet>);

/// Where a call comes from that came by such a proxy.
#[derive(Debug, Clone, Copy)]
struct Behind(IpAddr);

/// Where a call comes from, an IPv4 address always as such.
pub(crate) fn address(extensions: &http::Extensions) -> Option<IpAddr> {
    extensions.get::<Behind>().map(|behind| behind.0).or_else(|| peer(extensions))
}

/// What is counted as one source: whoever holds one IPv6 address holds its whole /64. Connections without address are one.
pub(crate) fn network(address: Option<IpAddr>) -> IpAddr {
    match address {
        Some(IpAddr::V6(ip)) => {
            let [a, b, c, d, ..] = ip.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        Some(ip) => ip,
        None => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    }
}

/// The address at the other end of the connection.
fn peer(extensions: &http::Extensions) -> Option<IpAddr> {
    let plain = extensions.get::<TcpConnectInfo>();
    let info = plain.or_else(|| extensions.get::<TlsConnectInfo<TcpConnectInfo>>().map(TlsConnectInfo::get_ref))?;
    info.remote_addr().map(|address| address.ip().to_canonical())
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Network, String> {
        let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        network.map(Network).map_err(|_| format!("{text:?} is no network such as 10.1.0.0/16, and no address"))
    }
}

impl Proxies {
    pub(crate) fn new(networks: &[Network]) -> Proxies {
        Proxies(networks.iter().map(|network| network.0).collect())
    }

    /// Marks a call that came by one of them with where it comes from.
    pub(crate) fn mark<B>(&self, mut request: Request<B>) -> Request<B> {
        if let Some(peer) = peer(request.extensions()).filter(|peer| self.are_at(*peer)) {
            let behind = Behind(self.behind(peer, request.headers()));
            request.extensions_mut().insert(behind);
        }
        request
    }

    fn are_at(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The last one in the row who is none of them: those before it are only its word. Where somebody in the row is not told, whoever did not
    /// tell.
    fn behind(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut nearest = peer;
        for value in headers.get_all(FORWARDED).iter().rev() {
            for text in value.to_str().unwrap_or_default().rsplit(',') {
                match parse(text.trim()) {
                    // What loopback may is not for a header to give.
                    Some(address) if address.is_loopback() && !peer.is_loopback() => return nearest,
                    Some(address) if self.are_at(address) => nearest = address,
                    Some(address) => return address,
                    None => return nearest,
                }
            }
        }
        nearest
    }
}

/// An address as proxies write it: some add the port.
fn parse(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where a call from there with these headers comes from, for a service that trusts these proxies.
    fn source(trusted: &[&str], peer: &str, forwarded: &[&str]) -> String {
        let networks: Vec<_> = trusted.iter().map(|text| Network::try_from((*text).to_owned()).unwrap()).collect();
        let mut request = Request::new(());
        let remote_addr = Some(SocketAddr::new(peer.parse().unwrap(), 50_000));
        request.extensions_mut().insert(TcpConnectInfo { local_addr: None, remote_addr });
        for value in forwarded {
            request.headers_mut().append(FORWARDED, value.parse().unwrap());
        }
        address(Proxies::new(&networks).mark(request).extensions()).unwrap().to_string()
    }

    const PROXIES: &[&str] = &["10.0.0.0/8", "2001:db8::/32", "192.0.2.7"];

    #[test]
    fn only_a_trusted_proxy_says_who_calls() {
        assert_eq!(source(&[], "203.0.113.5", &["198.51.100.1"]), "203.0.113.5", "nobody is trusted by default");
        assert_eq!(source(PROXIES, "203.0.113.5", &["198.51.100.1"]), "203.0.113.5");
        assert_eq!(source(PROXIES, "192.0.2.8", &["198.51.100.1"]), "192.0.2.8", "its neighbour");
        for proxy in ["10.1.2.3", "::ffff:10.1.2.3", "2001:db8::7", "192.0.2.7"] {
            assert_eq!(source(PROXIES, proxy, &["198.51.100.1"]), "198.51.100.1", "{proxy}");
        }
        assert_eq!(source(PROXIES, "10.1.2.3", &[]), "10.1.2.3", "it calls by itself");
    }

    #[test]
    fn what_a_caller_wrote_into_the_header_is_only_its_word() {
        let behind = |forwarded: &[&str]| source(PROXIES, "10.1.2.3", forwarded);
        assert_eq!(behind(&["192.0.2.99, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(behind(&["192.0.2.99", "10.9.9.9 , 198.51.100.1,10.4.5.6"]), "198.51.100.1", "by two proxies");
        assert_eq!(behind(&["10.9.9.9, 198.51.100.1"]), "198.51.100.1", "who says to be a proxy");
        assert_eq!(behind(&["127.0.0.1"]), "10.1.2.3", "loopback is nobody's to give");
        assert_eq!(behind(&["127.0.0.1, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(behind(&["10.4.5.6"]), "10.4.5.6", "a proxy that calls by itself");
        for nonsense in ["", "unknown", "198.51.100.1, ", "198.51.100.1, _hidden", "198.51.100.1;203.0.113.1", "1.2.3"]
        {
            assert_eq!(behind(&[nonsense]), "10.1.2.3", "{nonsense:?}");
        }
        assert_eq!(behind(&["198.51.100.1", "nonsense, 10.4.5.6"]), "10.4.5.6", "nothing is believed from there on");
    }

    #[test]
    fn addresses_are_read_however_proxies_write_them() {
        for (text, read) in [
            ("198.51.100.1:4711", "198.51.100.1"),
            ("2001:db9::1", "2001:db9::1"),
            ("[2001:db9::1]", "2001:db9::1"),
            ("[2001:db9::1]:4711", "2001:db9::1"),
            ("::ffff:198.51.100.1", "198.51.100.1"),
        ] {
            assert_eq!(source(PROXIES, "10.1.2.3", &[text]), read, "{text}");
        }
        let own = |forwarded: &[&str]| source(&["127.0.0.0/8"], "127.0.0.1", forwarded);
        assert_eq!((own(&["127.0.0.1"]), own(&["198.51.100.1"])), ("127.0.0.1".into(), "198.51.100.1".into()));
        for wrong in ["", "10.0.0.0/33", "example.com", "10.0.0.0/8,10.0.0.1"] {
            assert!(Network::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
