//! What a deployment decides: who may vouch for people, and where domains are looked up.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use runtime::keys::{KeyError, VerifyingKey};
use serde::Deserialize;

use crate::dns::Dns;

/// Trusted for every domain.
const ANY: &str = "*";

/// The configuration of enrollment alone.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Issuers of identity tokens.
    pub issuers: Vec<Issuer>,
    /// Name servers that look up the records which prove domains, such as `192.0.2.53:53`; none = those of the system.
    pub dns_servers: Vec<SocketAddr>,
    /// How long one of them has for an answer.
    pub dns_timeout_milliseconds: NonZeroU32,
}

impl Default for Config {
    fn default() -> Config {
        const TWO_SECONDS: NonZeroU32 = NonZeroU32::MIN.saturating_add(1_999);
        Config { issuers: Vec::new(), dns_servers: Vec::new(), dns_timeout_milliseconds: TWO_SECONDS }
    }
}

impl Config {
    pub(crate) fn dns(&self) -> Dns {
        let timeout = Duration::from_millis(self.dns_timeout_milliseconds.get().into());
        Dns { servers: self.dns_servers.clone(), timeout }
    }
}

/// An issuer of OpenID Connect identity tokens, signed EdDSA.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Written")]
pub struct Issuer {
    /// Its `iss`.
    pub issuer: String,
    /// The `aud` of tokens for us.
    pub audience: String,
    /// Registrable e-mail domains for which its word counts; `*` = every one.
    pub trusted_domains: Vec<String>,
    pub(crate) key: VerifyingKey,
}

/// An issuer as configuration writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    issuer: String,
    audience: String,
    trusted_domains: Vec<String>,
    #[serde(default)]
    public_key_pem: String,
    #[serde(default)]
    public_key_file: PathBuf,
}

impl Issuer {
    /// The development issuer, whose word counts for everybody. For loopback only.
    pub fn development(issuer: &str, audience: &str, key: VerifyingKey) -> Issuer {
        let trusted_domains = vec![ANY.to_owned()];
        Issuer { issuer: issuer.to_owned(), audience: audience.to_owned(), trusted_domains, key }
    }

    /// Whether its word counts for addresses of this registrable domain.
    pub(crate) fn is_trusted_for(&self, domain: &str) -> bool {
        self.trusted_domains.iter().any(|trusted| trusted == ANY || trusted == domain)
    }
}

impl TryFrom<Written> for Issuer {
    type Error = KeyError;

    fn try_from(written: Written) -> Result<Issuer, KeyError> {
        let pem = if written.public_key_pem.is_empty() {
            std::fs::read_to_string(&written.public_key_file)
                .map_err(|source| KeyError::File { path: written.public_key_file.display().to_string(), source })?
        } else {
            written.public_key_pem
        };
        Ok(Issuer {
            key: VerifyingKey::from_pem(&written.issuer, &pem)?,
            issuer: written.issuer,
            audience: written.audience,
            trusted_domains: written.trusted_domains,
        })
    }
}
