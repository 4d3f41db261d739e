//! An authority of a test's own, which certifies servers on loopback, and who is shown what.

use std::fs::{self, Permissions};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore};
use tempfile::TempDir;

/// An authority that nobody knows but who is given its certificate.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

/// What an authority gave out.
pub struct Certified {
    /// The certificate, PEM.
    pub chain: String,
    /// Its key, PEM.
    pub key: String,
}

/// Files in which a server finds its certificate, and its callers whom to believe.
pub struct TlsFiles {
    folder: TempDir,
}

impl Authority {
    /// Of this name.
    pub fn new(name: &str) -> Authority {
        made(Authority::try_new(name))
    }

    fn try_new(name: &str) -> anyhow::Result<Authority> {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate()?;
        let pem = params.self_signed(&key)?.pem();
        Ok(Authority { issuer: Issuer::new(params, key), pem })
    }

    /// By what it is believed, PEM.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// A certificate for these hosts and addresses, with a key of its own.
    pub fn certify(&self, names: &[&str]) -> Certified {
        made(self.try_certify(names))
    }

    fn try_certify(&self, names: &[&str]) -> anyhow::Result<Certified> {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let key = KeyPair::generate()?;
        let chain = CertificateParams::new(names)?.signed_by(&key, &self.issuer)?.pem();
        Ok(Certified { chain, key: key.serialize_pem() })
    }

    /// The certificate that a server shows to a new connection, once it is verified to be for that address. Blocks.
    pub fn shown_at(&self, address: SocketAddr) -> anyhow::Result<Vec<u8>> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.pem.as_bytes())?)?;
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut connection = ClientConnection::new(Arc::new(config), ServerName::IpAddress(address.ip().into()))?;
        let mut tcp = TcpStream::connect(address)?;
        while connection.is_handshaking() {
            connection.complete_io(&mut tcp)?;
        }
        let shown = connection.peer_certificates().and_then(|chain| chain.first()).context("nothing was shown")?;
        Ok(shown.to_vec())
    }
}

impl Certified {
    /// As [`Authority::shown_at`] tells it.
    pub fn der(&self) -> Vec<u8> {
        made(CertificateDer::from_pem_slice(self.chain.as_bytes()).map_err(anyhow::Error::from)).to_vec()
    }
}

impl TlsFiles {
    /// With a certificate, and an authority that is believed.
    pub fn new(certified: &Certified, believed: &Authority) -> TlsFiles {
        let files = TlsFiles { folder: made(tempfile::tempdir().map_err(anyhow::Error::from)) };
        files.show(certified);
        files.believe(believed);
        files
    }

    /// Where the certificate is.
    pub fn chain(&self) -> PathBuf {
        self.path("tls.crt")
    }

    /// Where its key is.
    pub fn key(&self) -> PathBuf {
        self.path("tls.key")
    }

    /// Where those are who are believed.
    pub fn authorities(&self) -> PathBuf {
        self.path("ca.crt")
    }

    /// Puts another certificate and its key there.
    pub fn show(&self, certified: &Certified) {
        put(&self.chain(), &certified.chain);
        put(&self.key(), &certified.key);
    }

    /// Puts another authority there.
    pub fn believe(&self, authority: &Authority) {
        put(&self.authorities(), authority.pem());
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Readable by its owner alone, as a key is to be.
fn put(path: &Path, text: &str) {
    let written = fs::write(path, text).and_then(|()| fs::set_permissions(path, Permissions::from_mode(0o600)));
    made(written.map_err(|error| anyhow::anyhow!("{}: {error}", path.display())));
}

fn made<T>(made: anyhow::Result<T>) -> T {
    made.unwrap_or_else(|error| panic!("TLS of a test: {error:#}"))
}
