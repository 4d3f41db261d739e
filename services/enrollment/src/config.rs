//! What a deployment decides: who may vouch for people, how many codes are mailed, and where domains are looked up.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use serde::Deserialize;

use crate::dns::Dns;
use crate::workload::WorkloadIssuer;

mod issuer;

pub(crate) use issuer::Proof;
pub use issuer::{Issuer, IssuerError};

/// The configuration of enrollment alone.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Issuers of identity tokens.
    pub issuers: Vec<Issuer>,
    /// How long an issuer has to tell its keys.
    pub issuer_timeout_milliseconds: NonZeroU32,
    /// How many codes for sign-in are mailed in an hour to one address.
    pub sign_in_codes_per_address: NonZeroU32,
    /// How many of these one source may ask for: fewer, so that none uses them up for the address's owner.
    pub sign_in_codes_per_address_and_source: NonZeroU32,
    /// How many to one domain; web-mail providers' are nobody's, and have no limit.
    pub sign_in_codes_per_domain: NonZeroU32,
    /// How many of these one source may ask for.
    pub sign_in_codes_per_domain_and_source: NonZeroU32,
    /// How many for one source that asks.
    pub sign_in_codes_per_source: NonZeroU32,
    /// Issuers of tokens for workloads, which applications may prove themselves by.
    pub workload_issuers: Vec<WorkloadIssuer>,
    /// Name servers that look up the records which prove domains, such as `192.0.2.53:53`; none = those of the system.
    pub dns_servers: Vec<SocketAddr>,
    /// How long one of them has for an answer.
    pub dns_timeout_milliseconds: NonZeroU32,
}

impl Default for Config {
    fn default() -> Config {
        const fn of(number: u32) -> NonZeroU32 {
            NonZeroU32::MIN.saturating_add(number - 1)
        }
        Config {
            issuers: Vec::new(),
            workload_issuers: Vec::new(),
            issuer_timeout_milliseconds: const { of(5_000) },
            sign_in_codes_per_address: const { of(6) },
            sign_in_codes_per_address_and_source: const { of(3) },
            sign_in_codes_per_domain: const { of(300) },
            sign_in_codes_per_domain_and_source: const { of(60) },
            sign_in_codes_per_source: const { of(600) },
            dns_servers: Vec::new(),
            dns_timeout_milliseconds: const { of(2_000) },
        }
    }
}

impl Config {
    pub(crate) fn issuer_timeout(&self) -> Duration {
        Duration::from_millis(self.issuer_timeout_milliseconds.get().into())
    }

    pub(crate) fn dns(&self) -> Dns {
        let timeout = Duration::from_millis(self.dns_timeout_milliseconds.get().into());
        Dns { servers: self.dns_servers.clone(), timeout }
    }
}
