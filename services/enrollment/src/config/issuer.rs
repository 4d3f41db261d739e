//! Issuers of identity tokens as configuration names them: with their key, or with the keys that they publish.

use std::path::PathBuf;

use http::Uri;
use jsonwebtoken::Algorithm;
use runtime::keys::{KeyError, VerifyingKey};
use serde::Deserialize;

use crate::domain::issuer::IssuerName;
use crate::issuers::is_private;

/// Trusted for every domain.
const ANY: &str = "*";
/// Where an issuer describes itself, under its name.
const DOCUMENT: &str = "/.well-known/openid-configuration";
/// What an issuer may sign with when nothing is said. Nothing that is signed with a secret, and never nothing.
const ALGORITHMS: [&str; 3] = ["RS256", "ES256", "EdDSA"];

/// An issuer of OpenID Connect identity tokens.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Written")]
pub struct Issuer {
    /// Its `iss`; may have a place for a tenant, as `https://login.example/{tenant}/v2.0`.
    pub issuer: String,
    /// The `aud` of tokens for us.
    pub audience: String,
    /// Registrable e-mail domains for which its word counts; `*` = every one.
    pub trusted_domains: Vec<String>,
    pub(crate) name: IssuerName,
    pub(crate) tenant_claim: String,
    pub(crate) email_verified_claim: String,
    pub(crate) proof: Proof,
}

/// What proves that a token is an issuer's.
#[derive(Debug, Clone)]
pub(crate) enum Proof {
    /// A key that configuration holds; signed EdDSA.
    Key(VerifyingKey),
    /// The keys that this document leads to.
    Published { document: Uri, algorithms: Vec<Algorithm> },
}

/// Why an issuer can't be configured so.
#[derive(Debug, thiserror::Error)]
pub enum IssuerError {
    /// Its key can't be read.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Something that it is told is wrong.
    #[error("issuer {issuer}: {what}")]
    Wrong {
        /// Its name.
        issuer: String,
        /// What is wrong.
        what: &'static str,
    },
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
    #[serde(default)]
    discovery_url: String,
    #[serde(default)]
    algorithms: Vec<String>,
    #[serde(default)]
    tenant_claim: String,
    #[serde(default = "email_verified")]
    email_verified_claim: String,
}

fn email_verified() -> String {
    "email_verified".to_owned()
}

impl Issuer {
    /// The development issuer, whose word counts for everybody. For loopback only.
    pub fn development(issuer: &str, audience: &str, key: VerifyingKey) -> Issuer {
        Issuer {
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
            trusted_domains: vec![ANY.to_owned()],
            name: IssuerName::exactly(issuer),
            tenant_claim: String::new(),
            email_verified_claim: email_verified(),
            proof: Proof::Key(key),
        }
    }

    /// Whether its word counts for addresses of this very domain.
    pub(crate) fn is_trusted_for(&self, domain: &str) -> bool {
        self.trusted_domains.iter().any(|trusted| trusted == domain)
    }

    /// Whether its word counts for everybody who has nobody else.
    pub(crate) fn is_trusted_for_all(&self) -> bool {
        self.trusted_domains.iter().any(|trusted| trusted == ANY)
    }
}

impl TryFrom<Written> for Issuer {
    type Error = IssuerError;

    fn try_from(written: Written) -> Result<Issuer, IssuerError> {
        let wrong = |what| IssuerError::Wrong { issuer: written.issuer.clone(), what };
        let name = IssuerName::parse(&written.issuer)
            .ok_or_else(|| wrong("has one place for a tenant at most, in braces and between slashes"))?;
        let address = address(&written.issuer.replace(['{', '}'], ""));
        let address = address.ok_or_else(|| wrong("must be an address with https, or http on loopback"))?;
        if written.audience.is_empty() {
            return Err(wrong("needs an audience"));
        }
        if name.has_tenants() && written.tenant_claim.is_empty() {
            return Err(wrong("has a place for a tenant, and so needs the tenant_claim that must say the same"));
        }
        // Whoever opens an account there becomes a tenant.
        if name.has_tenants() && !written.trusted_domains.is_empty() {
            return Err(wrong(
                "has a place for a tenant: it is trusted for no domain here, but by the organization whose domain it is",
            ));
        }
        let pem = key(&written)?;
        let proof = match pem {
            Some(_) if !written.discovery_url.is_empty() || !written.algorithms.is_empty() => {
                return Err(wrong("has a key here, so that nothing is discovered and the algorithm is EdDSA"));
            }
            Some(_) if name.has_tenants() => return Err(wrong("has tenants, so that its keys are discovered")),
            Some(pem) => Proof::Key(VerifyingKey::from_pem(&written.issuer, &pem)?),
            None => published(&written, &name, &address).map_err(wrong)?,
        };
        Ok(Issuer {
            issuer: written.issuer,
            audience: written.audience,
            trusted_domains: written.trusted_domains,
            name,
            tenant_claim: written.tenant_claim,
            email_verified_claim: written.email_verified_claim,
            proof,
        })
    }
}

/// The key that configuration holds, if it holds one.
fn key(written: &Written) -> Result<Option<String>, KeyError> {
    if !written.public_key_pem.is_empty() {
        return Ok(Some(written.public_key_pem.clone()));
    }
    let file = &written.public_key_file;
    if file.as_os_str().is_empty() {
        return Ok(None);
    }
    let read = std::fs::read_to_string(file);
    read.map(Some).map_err(|source| KeyError::File { path: file.display().to_string(), source })
}

fn published(written: &Written, name: &IssuerName, issuer: &Uri) -> Result<Proof, &'static str> {
    let document = match written.discovery_url.as_str() {
        "" if name.has_tenants() => return Err("has a place for a tenant, and so needs a discovery_url"),
        "" => address(&format!("{}{DOCUMENT}", written.issuer.trim_end_matches('/'))),
        url => address(url),
    };
    let document = document.ok_or("its discovery_url must be an address with https, or http on loopback")?;
    if document.scheme() != issuer.scheme() {
        return Err("its discovery_url must be as private as its name");
    }
    let names: Vec<&str> = match written.algorithms.as_slice() {
        [] => ALGORITHMS.to_vec(),
        names => names.iter().map(String::as_str).collect(),
    };
    let algorithms: Option<Vec<Algorithm>> = names.into_iter().map(algorithm).collect();
    let algorithms = algorithms.ok_or("its algorithms may be RS256, ES256 and EdDSA")?;
    Ok(Proof::Published { document, algorithms })
}

fn algorithm(name: &str) -> Option<Algorithm> {
    match name {
        "RS256" => Some(Algorithm::RS256),
        "ES256" => Some(Algorithm::ES256),
        "EdDSA" => Some(Algorithm::EdDSA),
        _ => None,
    }
}

/// An address that nobody on the way can change what comes from, without query.
fn address(text: &str) -> Option<Uri> {
    text.parse::<Uri>().ok().filter(|uri| is_private(uri) && uri.query().is_none() && !text.contains('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rest: &str) -> Result<Issuer, String> {
        let text = format!("audience = \"linkage\"\n{rest}");
        toml::from_str(&text).map_err(|error: toml::de::Error| error.message().to_owned())
    }

    #[test]
    fn r17_an_issuer_without_key_is_asked_for_its_keys_under_its_name() {
        let issuer = read("issuer = \"https://login.example/\"\ntrusted_domains = [\"example.com\"]").unwrap();
        let Proof::Published { document, algorithms } = issuer.proof else { panic!("keys that are published") };
        assert_eq!(document, "https://login.example/.well-known/openid-configuration");
        assert_eq!(algorithms, [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA]);
    }

    #[test]
    fn r17_what_would_let_strangers_in_is_no_configuration() {
        let tenants = "issuer = \"https://login.example/{tenant}/v2.0\"\ntenant_claim = \"tid\"\n\
                       discovery_url = \"https://login.example/all/v2.0/.well-known/openid-configuration\"\n";
        assert!(read(&format!("{tenants}trusted_domains = []")).is_ok());
        assert!(read("issuer = \"http://127.0.0.1:7/\"\ntrusted_domains = []").is_ok(), "on loopback");
        let plain = "issuer = \"https://login.example\"\ntrusted_domains = []\n";
        let wrong = [
            (format!("{tenants}trusted_domains = [\"*\"]"), "has a place for a tenant"),
            (tenants.replace("tenant_claim = \"tid\"", "trusted_domains = []"), "tenant_claim"),
            ("issuer = \"https://l/{t}/\"\ntenant_claim = \"tid\"\ntrusted_domains = []".to_owned(), "discovery_url"),
            ("issuer = \"http://login.example\"\ntrusted_domains = []".to_owned(), "https"),
            ("issuer = \"https://u:p@login.example\"\ntrusted_domains = []".to_owned(), "https"),
            ("issuer = \"mailed-code\"\ntrusted_domains = []".to_owned(), "https"),
            (format!("{plain}discovery_url = \"http://127.0.0.1:7/d\""), "as private"),
            (format!("{plain}algorithms = [\"HS256\"]"), "RS256, ES256 and EdDSA"),
            (format!("{plain}algorithms = [\"none\"]"), "RS256, ES256 and EdDSA"),
            (format!("{plain}public_key_pem = \"x\"\nalgorithms = [\"RS256\"]"), "has a key here"),
        ];
        for (text, why) in wrong {
            let told = read(&text).expect_err(&text);
            assert!(told.contains(why), "{text}: {told}");
        }
    }
}
