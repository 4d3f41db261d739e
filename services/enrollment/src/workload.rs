//! Issuers that vouch for workloads, such as a Kubernetes cluster for its service accounts.

use std::fs;
use std::path::PathBuf;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use runtime::VerifyingKey;
use runtime::keys::KeyError;
use runtime::token::LEEWAY_SECONDS;
use serde::Deserialize;
use serde_json::json;

/// An issuer whose word counts for applications that name it.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Written")]
pub struct WorkloadIssuer {
    /// Its `iss`.
    pub issuer: String,
    /// The `aud` of tokens for us.
    pub audience: String,
    keys: JwkSet,
}

/// An issuer as configuration writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    issuer: String,
    audience: String,
    jwks_file: PathBuf,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
}

impl WorkloadIssuer {
    /// The development issuer. For loopback only.
    pub fn development(issuer: &str, audience: &str, key: &VerifyingKey) -> Result<WorkloadIssuer, KeyError> {
        let x = data_encoding::BASE64URL_NOPAD.encode(&key.bytes());
        let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "kid": key.kid(), "x": x });
        let keys = parse(issuer, &json!({ "keys": [jwk] }).to_string())?;
        Ok(WorkloadIssuer { issuer: issuer.to_owned(), audience: audience.to_owned(), keys })
    }

    /// The workload that a token of this issuer is for, if the token counts now.
    pub(crate) fn subject(&self, token: &str) -> Result<String, String> {
        let header = jsonwebtoken::decode_header(token).map_err(|error| error.to_string())?;
        let jwk = header.kid.and_then(|kid| self.keys.find(&kid)).ok_or("it names no key of the issuer")?;
        let algorithm = algorithm(jwk).ok_or("its key is of no kind that counts here")?;
        if header.crit.is_some() {
            return Err("it has an extension that is not understood".to_owned());
        }
        let mut validation = Validation::new(algorithm);
        validation.leeway = LEEWAY_SECONDS.unsigned_abs();
        validation.validate_nbf = true;
        validation.set_audience(&[&self.audience]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let key = DecodingKey::from_jwk(jwk).map_err(|error| error.to_string())?;
        let data = jsonwebtoken::decode::<Claims>(token, &key, &validation).map_err(|error| error.to_string())?;
        Ok(data.claims.sub)
    }
}

impl TryFrom<Written> for WorkloadIssuer {
    type Error = KeyError;

    fn try_from(written: Written) -> Result<WorkloadIssuer, KeyError> {
        let path = written.jwks_file.display().to_string();
        let text = fs::read_to_string(&written.jwks_file).map_err(|source| KeyError::File { path, source })?;
        let keys = parse(&written.issuer, &text)?;
        Ok(WorkloadIssuer { issuer: written.issuer, audience: written.audience, keys })
    }
}

/// A set of keys; one without any that counts here would let nobody in.
fn parse(issuer: &str, text: &str) -> Result<JwkSet, KeyError> {
    let unreadable = |why: String| KeyError::Unreadable { of: issuer.to_owned(), why };
    let keys: JwkSet = serde_json::from_str(text).map_err(|error| unreadable(error.to_string()))?;
    if keys.keys.iter().any(|jwk| jwk.common.key_id.is_some() && algorithm(jwk).is_some()) {
        Ok(keys)
    } else {
        Err(unreadable("no key of RS256, ES256 or EdDSA with a kid".to_owned()))
    }
}

/// The one algorithm that a key verifies by, whatever a token says.
fn algorithm(jwk: &Jwk) -> Option<Algorithm> {
    match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => Some(Algorithm::RS256),
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => Some(Algorithm::ES256),
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => Some(Algorithm::EdDSA),
        _ => None,
    }
}
