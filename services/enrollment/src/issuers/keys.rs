//! The keys of a published set that an identity token may be signed with.

use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

use super::cache::Wanted;
use crate::domain::issuer::IssuerName;

/// As many keys may a set have.
const MOST: usize = 100;
/// Bytes of an RSA modulus: 2,048 to 4,096 bits.
const RSA_BYTES: std::ops::RangeInclusive<usize> = 256..=512;
/// Bytes of a coordinate of P-256, and of a key of Ed25519.
const COORDINATE: usize = 32;

/// A set as it is published. Keys that are of no use here may look like anything.
#[derive(Deserialize)]
pub(super) struct Published {
    keys: Vec<Value>,
}

/// A key that proves signatures of one algorithm.
#[derive(Clone)]
pub(crate) struct Key {
    kid: Option<String>,
    pub(super) algorithm: Algorithm,
    /// Whose tokens alone it signs, where the set says so.
    issuer: Option<String>,
    pub(super) decoding: DecodingKey,
}

impl Published {
    /// Those of its keys that are of use; none when there are too many to look at.
    pub(super) fn usable(self) -> Option<Vec<Key>> {
        (self.keys.len() <= MOST).then(|| self.keys.into_iter().filter_map(Key::read).collect())
    }
}

impl Key {
    fn read(value: Value) -> Option<Key> {
        let issuer = match value.get("issuer") {
            None => None,
            Some(issuer) => Some(issuer.as_str()?.to_owned()),
        };
        let jwk: Jwk = serde_json::from_value(value).ok()?;
        let signs = jwk.common.public_key_use.as_ref().is_none_or(|what| *what == PublicKeyUse::Signature)
            && jwk.common.key_operations.as_ref().is_none_or(|what| what.contains(&KeyOperations::Verify));
        let algorithm = algorithm(&jwk.algorithm)?;
        let named = jwk.common.key_algorithm.is_none_or(|named| named == algorithm.into());
        let decoding = DecodingKey::from_jwk(&jwk).ok()?;
        (signs && named).then_some(Key { kid: jwk.common.key_id, algorithm, issuer, decoding })
    }

    /// Whether it may have signed what is looked at.
    fn fits(&self, wanted: &Wanted<'_>) -> bool {
        let named = wanted.kid.is_none_or(|kid| self.kid.as_deref() == Some(kid));
        let speaks =
            |issuer: &String| IssuerName::parse(issuer).is_some_and(|name| name.tenant(wanted.issuer).is_some());
        self.algorithm == wanted.algorithm && named && self.issuer.as_ref().is_none_or(speaks)
    }
}

/// The key that is wanted. Of several that fit none is tried: a token that names no key is believed where there is no choice.
pub(super) fn find<'k>(keys: &'k [Key], wanted: &Wanted<'_>) -> Option<&'k Key> {
    let mut fitting = keys.iter().filter(|key| key.fits(wanted));
    let first = fitting.next()?;
    fitting.next().is_none().then_some(first)
}

/// The one algorithm that a key is used for.
fn algorithm(parameters: &AlgorithmParameters) -> Option<Algorithm> {
    let bytes = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).ok().map(|bytes| bytes.len());
    match parameters {
        AlgorithmParameters::RSA(key) if RSA_BYTES.contains(&bytes(&key.n)?) => Some(Algorithm::RS256),
        AlgorithmParameters::EllipticCurve(key)
            if key.curve == EllipticCurve::P256 && bytes(&key.x)? == COORDINATE && bytes(&key.y)? == COORDINATE =>
        {
            Some(Algorithm::ES256)
        }
        AlgorithmParameters::OctetKeyPair(key)
            if key.curve == EllipticCurve::Ed25519 && bytes(&key.x)? == COORDINATE =>
        {
            Some(Algorithm::EdDSA)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ed(kid: &str) -> Value {
        let x = BASE64URL_NOPAD.encode(&[7; 32]);
        json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "x": x })
    }

    fn with(mut key: Value, name: &str, value: Value) -> Value {
        key[name] = value;
        key
    }

    fn usable(keys: &[Value]) -> Option<Vec<Key>> {
        serde_json::from_value::<Published>(json!({ "keys": keys })).unwrap().usable()
    }

    #[test]
    fn r17_only_keys_that_sign_by_a_known_algorithm_are_taken() {
        let (rsa, short) = (BASE64URL_NOPAD.encode(&[0xC5; 256]), BASE64URL_NOPAD.encode(&[0xC5; 128]));
        let good = vec![
            ed("a"),
            with(ed("b"), "use", json!("sig")),
            with(ed("c"), "alg", json!("EdDSA")),
            json!({ "kty": "RSA", "kid": "d", "n": rsa, "e": "AQAB" }),
        ];
        let bad = vec![
            with(ed("e"), "use", json!("enc")),
            with(ed("f"), "alg", json!("HS256")),
            with(ed("g"), "key_ops", json!(["encrypt"])),
            with(ed("h"), "crv", json!("X25519")),
            with(ed("i"), "x", json!("AAAA")),
            with(ed("j"), "issuer", json!(7)),
            json!({ "kty": "oct", "kid": "k", "k": rsa }),
            json!({ "kty": "RSA", "kid": "l", "n": short, "e": "AQAB" }),
            json!({ "kty": "RSA", "kid": "m", "n": rsa, "e": "AQAB", "alg": "RS512" }),
            json!({ "kty": "EC", "kid": "n", "crv": "P-384", "x": rsa, "y": rsa }),
            json!("not even an object"),
        ];
        let kids = |keys: Vec<Key>| keys.into_iter().filter_map(|key| key.kid).collect::<String>();
        assert_eq!(kids(usable(&good.into_iter().chain(bad).collect::<Vec<_>>()).unwrap()), "abcd");
        assert!(usable(&vec![ed("a"); 101]).is_none());
    }

    #[test]
    fn r17_a_key_is_found_by_name_algorithm_and_whose_it_is() {
        let theirs = with(ed("b"), "issuer", json!("https://login.example/consumers/v2.0"));
        let anybodys = with(ed("c"), "issuer", json!("https://login.example/{tenantid}/v2.0"));
        let keys = usable(&[ed("a"), theirs, anybodys, ed("d"), ed("d")]).unwrap();
        let found = |kid, algorithm| find(&keys, &Wanted { kid, algorithm, issuer: "https://login.example/acme/v2.0" });
        assert!(found(Some("a"), Algorithm::EdDSA).is_some() && found(Some("c"), Algorithm::EdDSA).is_some());
        assert!(found(Some("a"), Algorithm::RS256).is_none(), "an algorithm that is not the key's");
        assert!(found(Some("b"), Algorithm::EdDSA).is_none(), "a key that signs for another tenant");
        assert!(found(Some("d"), Algorithm::EdDSA).is_none(), "which of two?");
        assert!(found(None, Algorithm::EdDSA).is_none() && found(Some("e"), Algorithm::EdDSA).is_none());
        let only = usable(&[ed("a")]).unwrap();
        assert!(find(&only, &Wanted { kid: None, algorithm: Algorithm::EdDSA, issuer: "" }).is_some());
    }
}
