//! Signed tokens: who may make them, and what must be right about one before it is believed.
//!
//! All are JWTs of one fixed algorithm, EdDSA. The `kid` of the header is a look-up key only; no key comes out of a token.

mod access;
mod application;
mod service;

use jsonwebtoken::{Algorithm, Header, Validation};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) use access::{ACCESS, Claims, read_access};
pub use access::{AccessClaims, AccessSigner, Membership};
pub use application::ApplicationClaims;
pub(crate) use service::{SERVICE, ServiceTokens, read_service};

use crate::Fault;
use crate::keys::{SigningKey, VerifyingKey};

/// How far the clocks of two machines may differ, in seconds.
pub const LEEWAY_SECONDS: i64 = 30;

/// Why a token is not believed; for the log, never for the caller.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// It is none, or was changed, or a claim is not as it must be.
    #[error(transparent)]
    Void(#[from] jsonwebtoken::errors::Error),
    /// It is of another kind.
    #[error("the token is of another kind")]
    Kind,
    /// The key it names is not known.
    #[error("the token names an unknown key")]
    UnknownKey,
    /// It says something that can't be.
    #[error("the claim {0} can't be")]
    Claim(&'static str),
}

impl SigningKey {
    /// Signs claims as a token of this kind (the header's `typ`).
    pub fn sign_jwt(&self, kind: &str, claims: &impl Serialize) -> Result<String, Fault> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(kind.to_owned());
        header.kid = Some(self.kid().to_owned());
        jsonwebtoken::encode(&header, claims, self.encoding()).map_err(Fault::internal)
    }
}

/// The claims of a token of this kind, signed with this key by this issuer for this audience, and valid now.
pub fn verify_jwt<C: DeserializeOwned>(
    key: &VerifyingKey,
    kind: &str,
    audience: &str,
    issuer: &str,
    token: &str,
) -> Result<C, TokenError> {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.leeway = LEEWAY_SECONDS.unsigned_abs();
    validation.validate_nbf = true;
    validation.set_audience(&[audience]);
    validation.set_issuer(&[issuer]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    let data = jsonwebtoken::decode::<C>(token, &key.decoding, &validation)?;
    // An extension that must be understood is one that nobody here understands.
    if data.header.typ.as_deref() != Some(kind) || data.header.crit.is_some() {
        return Err(TokenError::Kind);
    }
    Ok(data.claims)
}

/// What a token's header says, unproven: its kind and the key it names.
pub(crate) fn peek(token: &str) -> Result<(String, String), TokenError> {
    let header = jsonwebtoken::decode_header(token)?;
    Ok((header.typ.ok_or(TokenError::Kind)?, header.kid.ok_or(TokenError::UnknownKey)?))
}

#[cfg(test)]
mod tests;
