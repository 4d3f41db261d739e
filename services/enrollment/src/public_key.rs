//! Public keys as others give them to us: of which kind each is, that it is one, and what it verifies.

use std::fmt::Display;

use data_encoding::BASE32_DNSSEC;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePublicKey as _, EncodePublicKey as _};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk};
use jsonwebtoken::{Algorithm, DecodingKey};

/// PEM and JWK of these keys are a tenth as long.
pub(crate) const LONGEST: usize = 2_000;
const PEM: &str = "-----BEGIN PUBLIC KEY-----";
const WANTED: &str =
    "must be the public key of an Ed25519 or P-256 (ES256) key pair, as PEM (BEGIN PUBLIC KEY) or as JWK";
const KID_CHARACTERS: usize = 16;

/// A public key of a kind that applications may sign with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PublicKey {
    Ed25519(ed25519_dalek::VerifyingKey),
    P256(p256::PublicKey),
}

impl PublicKey {
    /// The key of a PEM or JWK text.
    pub(crate) fn parse(text: &str) -> Result<PublicKey, &'static str> {
        let text = text.trim();
        // Parsers of PEM pass over much that stands around it.
        let plain = text.bytes().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace());
        if !plain {
            return Err(WANTED);
        }
        let key = if text.starts_with(PEM) { of_pem(text) } else { of_jwk(text) };
        match key {
            // Everybody can sign for such a key.
            Some(PublicKey::Ed25519(key)) if key.is_weak() => Err("is no key of a key pair: it has a small order"),
            Some(key) => Ok(key),
            None => Err(WANTED),
        }
    }

    /// What tokens name it by: a digest, so that no two keys share one.
    pub(crate) fn kid(&self) -> String {
        let digest = ring::digest::digest(&ring::digest::SHA256, &self.bytes());
        let mut kid = BASE32_DNSSEC.encode(digest.as_ref());
        kid.truncate(KID_CHARACTERS);
        kid
    }

    pub(crate) fn to_pem(&self) -> Result<String, impl Display + use<>> {
        match self {
            PublicKey::Ed25519(key) => key.to_public_key_pem(LineEnding::LF),
            PublicKey::P256(key) => p256::pkcs8::EncodePublicKey::to_public_key_pem(key, LineEnding::LF),
        }
    }

    /// The one algorithm that it verifies by, whatever a token says.
    pub(crate) fn algorithm(&self) -> Algorithm {
        match self {
            PublicKey::Ed25519(_) => Algorithm::EdDSA,
            PublicKey::P256(_) => Algorithm::ES256,
        }
    }

    pub(crate) fn decoding(&self) -> DecodingKey {
        match self {
            PublicKey::Ed25519(_) => DecodingKey::from_ed_der(&self.bytes()),
            PublicKey::P256(_) => DecodingKey::from_ec_der(&self.bytes()),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        match self {
            PublicKey::Ed25519(key) => key.as_bytes().to_vec(),
            PublicKey::P256(key) => key.to_sec1_bytes().into_vec(),
        }
    }
}

fn of_pem(text: &str) -> Option<PublicKey> {
    let ed25519 = || ed25519_dalek::VerifyingKey::from_public_key_pem(text).ok().map(PublicKey::Ed25519);
    ed25519().or_else(|| p256::pkcs8::DecodePublicKey::from_public_key_pem(text).ok().map(PublicKey::P256))
}

fn of_jwk(text: &str) -> Option<PublicKey> {
    match &serde_json::from_str::<Jwk>(text).ok()?.algorithm {
        AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => {
            let bytes = base64url(&pair.x)?;
            Some(PublicKey::Ed25519(ed25519_dalek::VerifyingKey::try_from(bytes.as_slice()).ok()?))
        }
        AlgorithmParameters::EllipticCurve(point) if point.curve == EllipticCurve::P256 => {
            let uncompressed = [vec![4], base64url(&point.x)?, base64url(&point.y)?].concat();
            Some(PublicKey::P256(p256::PublicKey::from_sec1_bytes(&uncompressed).ok()?))
        }
        _ => None,
    }
}

fn base64url(text: &str) -> Option<Vec<u8>> {
    data_encoding::BASE64URL_NOPAD.decode(text.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of RFC 8037, A.2, and RFC 7517, A.1.
    const ED25519: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    const P256: &str = r#"{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}"#;

    #[test]
    fn r67_a_key_is_the_same_as_jwk_and_as_pem() {
        for (jwk, algorithm) in [(ED25519, Algorithm::EdDSA), (P256, Algorithm::ES256)] {
            let key = PublicKey::parse(jwk).expect("a key");
            let pem = key.to_pem().map_err(|error| error.to_string()).expect("PEM");
            let again = PublicKey::parse(&pem).expect("the same key");
            assert_eq!((&again, again.kid()), (&key, key.kid()));
            assert_eq!(key.algorithm(), algorithm);
            assert_eq!(key.kid().len(), KID_CHARACTERS);
        }
    }

    #[test]
    fn r67_what_is_no_public_key_of_these_kinds_is_refused() {
        let zero = "A".repeat(43);
        let off_the_curve = P256.replace("4Etl", "4Etm");
        let small = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{zero}"}}"#);
        let secret = r#"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75"}"#;
        let rsa = r#"{"kty":"RSA","n":"0vx7","e":"AQAB"}"#;
        let p384 = P256.replace("P-256", "P-384");
        let pem = PublicKey::parse(P256).expect("a key").to_pem().map_err(|error| error.to_string()).expect("PEM");
        let private = pem.replace("PUBLIC", "PRIVATE");
        let noisy = format!("{pem}\u{200b}");
        for text in
            ["", "{}", "nonsense", &off_the_curve, &small, secret, rsa, &p384, &private, &noisy, &P256.repeat(2)]
        {
            assert!(PublicKey::parse(text).is_err(), "{text}");
        }
    }
}
