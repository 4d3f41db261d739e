//! Asks an issuer for its keys: its document first, then the set that it leads to. What comes back is bounded in size and time.

use std::error::Error as StdError;
use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, USER_AGENT};
use http::uri::Scheme;
use http::{Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::keys::{Key, Published};
use crate::domain::issuer::IssuerName;

/// As many bytes may an answer have.
const MOST: usize = 256 * 1024;

/// Where an issuer tells its keys.
pub(crate) struct Source {
    client: Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
    document: Uri,
    issuer: String,
    /// For both answers together.
    patience: Duration,
}

/// Why an issuer has told nothing; for the log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("no answer in time")]
    Late,
    #[error("no answer: {0}")]
    Unanswered(Box<dyn StdError + Send + Sync>),
    /// Whither an answer leads is not followed.
    #[error("the answer is {0}")]
    Status(StatusCode),
    #[error("the answer can't be read: {0}")]
    Unreadable(Box<dyn StdError + Send + Sync>),
    #[error("the document is of {0}")]
    OtherIssuer(String),
    #[error("the keys are at {0}, where anybody on the way could change them")]
    Public(String),
    #[error("the set has too many keys")]
    TooMany,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    jwks_uri: String,
}

impl Source {
    pub(crate) fn new(document: Uri, issuer: String, patience: Duration) -> Source {
        let connector = HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
        // It is asked once an hour: no connection is worth keeping. It follows no redirect.
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector);
        Source { client, document, issuer, patience }
    }

    /// What it is asked for first.
    pub(crate) fn document(&self) -> &Uri {
        &self.document
    }

    /// The keys that it publishes now.
    pub(crate) async fn keys(&self) -> Result<Vec<Key>, Failure> {
        tokio::time::timeout(self.patience, self.ask()).await.map_err(|_| Failure::Late)?
    }

    async fn ask(&self) -> Result<Vec<Key>, Failure> {
        let document: Document = self.get(self.document.clone()).await?;
        if !same(&document.issuer, &self.issuer) {
            return Err(Failure::OtherIssuer(document.issuer));
        }
        let place = document.jwks_uri.parse::<Uri>().ok();
        // What was found in private leads nowhere else; on loopback, where issuers are tried, there is nobody on the way.
        let place = place.filter(|uri| is_private(uri) && uri.scheme() == self.document.scheme());
        let place = place.ok_or(Failure::Public(document.jwks_uri))?;
        self.get::<Published>(place).await?.usable().ok_or(Failure::TooMany)
    }

    async fn get<T: DeserializeOwned>(&self, uri: Uri) -> Result<T, Failure> {
        let request = Request::get(uri)
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, "linkage")
            .body(Empty::new())
            .map_err(|error| Failure::Unanswered(error.into()))?;
        let answer = self.client.request(request).await.map_err(|error| Failure::Unanswered(error.into()))?;
        if answer.status() != StatusCode::OK {
            return Err(Failure::Status(answer.status()));
        }
        let body = Limited::new(answer.into_body(), MOST).collect().await.map_err(Failure::Unreadable)?;
        serde_json::from_slice(&body.to_bytes()).map_err(|error| Failure::Unreadable(error.into()))
    }
}

/// Whether a document is of the issuer that was asked; the place of a tenant may be called anything.
fn same(document: &str, issuer: &str) -> bool {
    match (IssuerName::parse(document), IssuerName::parse(issuer)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

/// Whether nobody on the way can read or change what comes from there.
pub(crate) fn is_private(uri: &Uri) -> bool {
    let Some(host) = uri.host().filter(|host| !host.is_empty()) else { return false };
    if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return false;
    }
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let loopback = || host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    uri.scheme() == Some(&Scheme::HTTPS) || (uri.scheme() == Some(&Scheme::HTTP) && loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r17_keys_come_from_where_nobody_on_the_way_can_change_them() {
        let private = |text: &str| is_private(&text.parse().unwrap());
        for good in ["https://login.example/a", "http://127.0.0.1:7/a", "http://[::1]:7/", "http://localhost/"] {
            assert!(private(good), "{good}");
        }
        for bad in [
            "http://login.example/",
            "http://127.0.0.1.evil.example/",
            "http://localhost.evil.example/",
            "http://10.0.0.1/",
            "https://u@login.example/",
            "ftp://127.0.0.1/",
            "/a",
            "login.example",
        ] {
            assert!(!private(bad), "{bad}");
        }
    }

    #[test]
    fn a_document_is_of_the_issuer_whatever_its_place_for_tenants_is_called() {
        assert!(same("https://l/{tenantid}/v2.0", "https://l/{tenant}/v2.0"));
        assert!(same("https://l", "https://l") && !same("https://l/", "https://l"));
        assert!(!same("https://l/acme/v2.0", "https://l/{tenant}/v2.0"));
    }
}
