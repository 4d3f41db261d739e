//! Where a call comes from.

use std::net::{IpAddr, Ipv6Addr};

use tonic::transport::server::{TcpConnectInfo, TlsConnectInfo};

/// The address at the other end of the connection, an IPv4 one always as such.
pub(crate) fn address(extensions: &http::Extensions) -> Option<IpAddr> {
    let plain = extensions.get::<TcpConnectInfo>();
    let info = plain.or_else(|| extensions.get::<TlsConnectInfo<TcpConnectInfo>>().map(TlsConnectInfo::get_ref))?;
    info.remote_addr().map(|address| address.ip().to_canonical())
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
