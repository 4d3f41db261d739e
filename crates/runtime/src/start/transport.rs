//! How a service is reached, and reaches its siblings, beside plaintext on its one port.

use std::net::TcpListener;
use std::sync::Arc;

use crate::tls::{Authorities, Certificate, EVERY};

/// By default plaintext, and no more.
#[derive(Debug, Default)]
pub struct Transport {
    /// What callers are shown; without it they are served by plaintext.
    pub certificate: Option<Arc<Certificate>>,
    /// Whom certificates of siblings are believed from; without it no sibling's address may be `https://`.
    pub authorities: Option<Arc<Authorities>>,
    /// Where health is served, by plaintext and alone: bound already.
    pub health: Option<TcpListener>,
}

impl Transport {
    /// Reads files anew.
    pub(super) async fn look(&self) {
        if let Some(certificate) = &self.certificate {
            certificate.look().await;
        }
        if let Some(authorities) = &self.authorities {
            authorities.look().await;
        }
    }

    /// Reads files anew, again and again.
    pub(super) async fn keep_fresh(&self) {
        loop {
            tokio::time::sleep(EVERY).await;
            self.look().await;
        }
    }
}
