//! TLS as the transport: a certificate that is shown, and authorities that are believed, both read anew from their files as they change.
//!
//! It proves a server to who calls it, and keeps others from reading along. Who calls is said by tokens alone: no client shows a certificate.

mod channel;
mod files;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, InconsistentKeys, RootCertStore, ServerConfig};

pub(crate) use channel::Way;
pub use channel::{HandshakeFailed, channel};
use files::{File, Files};

/// How often files are looked at.
pub(crate) const EVERY: Duration = Duration::from_secs(2);
/// What is spoken within: HTTP/2, and nothing else.
const ALPN: &[u8] = b"h2";

/// What a server shows: a chain of certificates, its own first, and the private key to that one.
#[derive(Debug)]
pub struct Certificate(Files<ServerConfig, 2>);

/// Whom certificates of servers are believed from.
#[derive(Debug)]
pub struct Authorities(Files<ClientConfig, 1>);

/// Why TLS can't be had.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file can't be read.
    #[error("reading {file}: {source}; this process must be able to read it")]
    File {
        /// Which.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// A file is not what it is taken for.
    #[error("{file} holds no {wanted} in PEM: {why}")]
    Pem {
        /// Which.
        file: String,
        /// What is looked for in it.
        wanted: &'static str,
        /// What is wrong.
        why: &'static str,
    },
    /// Chain and key are of two certificates.
    #[error(
        "{key} is not the key to the first certificate in {chain}: put both of one issuance there, the server's own certificate first"
    )]
    OtherKey {
        /// The chain's file.
        chain: String,
        /// The key's file.
        key: String,
    },
    /// What the files hold is of no use to TLS.
    #[error("{files}: {source}")]
    Unusable {
        /// Which.
        files: String,
        /// Why.
        source: rustls::Error,
    },
    /// An address is to be reached by TLS, and nobody is believed.
    #[error("{0} is reached by TLS, but no authority is known to verify it by: name a file of them")]
    NoAuthorities(String),
    /// An address names nobody who could be verified.
    #[error("{0} names no host that a certificate could be for")]
    NoHost(String),
}

impl Certificate {
    /// Of these two PEM files.
    pub fn load(chain: &Path, key: &Path) -> Result<Certificate, TlsError> {
        Files::load("certificate", [chain.to_owned(), key.to_owned()], server).map(Certificate)
    }

    /// For a handshake that begins now.
    pub(crate) fn now(&self) -> Arc<ServerConfig> {
        self.0.now()
    }

    /// Reads the files anew. What can't be used is told once, and what was read before stays in use.
    pub(crate) async fn look(&self) {
        self.0.look().await;
    }
}

impl Authorities {
    /// Of this PEM file.
    pub fn load(file: &Path) -> Result<Authorities, TlsError> {
        Files::load("authorities", [file.to_owned()], client).map(Authorities)
    }

    /// For a connection that is made now.
    fn now(&self) -> Arc<ClientConfig> {
        self.0.now()
    }

    /// Reads the file anew. What can't be used is told once, and what was read before stays in use.
    pub(crate) async fn look(&self) {
        self.0.look().await;
    }
}

/// Made whole for each certificate: sessions of the one before are not resumed, so who connects sees the new one.
fn server([chain, key]: &[File; 2]) -> Result<ServerConfig, TlsError> {
    let unusable = |source| match source {
        rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
            TlsError::OtherKey { chain: chain.name.clone(), key: key.name.clone() }
        }
        source => TlsError::Unusable { files: format!("{}, {}", chain.name, key.name), source },
    };
    let certificates = certificates(chain)?;
    let secret = PrivateKeyDer::from_pem_slice(&key.contents).map_err(|error| no_pem(key, "private key", &error))?;
    let builder = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
    let builder = builder.map_err(unusable)?.with_no_client_auth();
    let mut config = builder.with_single_cert(certificates, secret).map_err(unusable)?;
    config.alpn_protocols = vec![ALPN.to_vec()];
    Ok(config)
}

fn client([file]: &[File; 1]) -> Result<ClientConfig, TlsError> {
    let unusable = |source| TlsError::Unusable { files: file.name.clone(), source };
    let mut roots = RootCertStore::empty();
    for certificate in certificates(file)? {
        roots.add(certificate).map_err(unusable)?;
    }
    let builder = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
    let mut config = builder.map_err(unusable)?.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![ALPN.to_vec()];
    Ok(config)
}

/// Named, as libraries beside ours may choose another for the process.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// At least one.
fn certificates(file: &File) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&file.contents).collect();
    let certificates = read.and_then(|found| if found.is_empty() { Err(pem::Error::NoItemsFound) } else { Ok(found) });
    certificates.map_err(|error| no_pem(file, "certificate", &error))
}

/// What of the file is wrong; none of its words, as it may hold a key.
fn no_pem(file: &File, wanted: &'static str, error: &pem::Error) -> TlsError {
    let why = match error {
        pem::Error::NoItemsFound => "there is none in it",
        pem::Error::MissingSectionEnd { .. } => "it ends before its end line",
        pem::Error::Base64Decode(_) => "it is not base64 throughout",
        _ => "it can't be understood",
    };
    TlsError::Pem { file: file.name.clone(), wanted, why }
}
