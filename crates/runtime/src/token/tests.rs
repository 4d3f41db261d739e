use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::EncodingKey;
use serde_json::{Value, json};

use super::*;
use crate::{Membership, Role, ServiceName, clock};

fn claims() -> AccessClaims {
    let member = Membership {
        user: ids::Id::from_uuid(uuid::Uuid::from_u128(2)),
        organization: ids::Id::from_uuid(uuid::Uuid::from_u128(3)),
        roles: vec![Role::GlobalAdmin, Role::UserAdmin],
        operator: false,
        version: 7,
    };
    AccessClaims {
        person: ids::Id::from_uuid(uuid::Uuid::from_u128(1)),
        email: "ada@example.com".to_owned(),
        display_name: "Ada".to_owned(),
        member: Some(member),
    }
}

/// The claims of a good access token.
fn good() -> Value {
    let now = clock::system_time().timestamp();
    json!({
        "iss": "linkage", "aud": "linkage", "sub": claims().person.to_string(), "jti": "a", "email": "ada@example.com",
        "name": "", "iat": now, "nbf": now, "exp": now + 300,
    })
}

fn part(value: &Value) -> String {
    BASE64URL_NOPAD.encode(value.to_string().as_bytes())
}

/// A token of any header, signed by the key.
fn signed(key: &SigningKey, header: &Value, claims: &Value) -> String {
    let message = format!("{}.{}", part(header), part(claims));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key.encoding(), Algorithm::EdDSA).unwrap();
    format!("{message}.{signature}")
}

#[test]
fn an_access_token_says_what_was_signed() {
    let key = SigningKey::generate().unwrap();
    let signer = AccessSigner::new(key.clone());
    let (token, expiry) = signer.sign(&claims()).unwrap();
    assert_eq!(peek(&token).unwrap(), (ACCESS.to_owned(), key.kid().to_owned()));
    assert_eq!(read_access(signer.public(), &token).unwrap(), (Claims::Person(claims()), expiry.timestamp()));
    let person = AccessClaims { member: None, ..claims() };
    assert_eq!(read_access(key.public(), &signer.sign(&person).unwrap().0).unwrap().0, Claims::Person(person));
}

#[test]
fn r67_an_applications_token_says_what_was_signed_and_ends_with_its_credential() {
    let signer = AccessSigner::new(SigningKey::generate().unwrap());
    let claims = ApplicationClaims {
        application: ids::Id::from_uuid(uuid::Uuid::from_u128(4)),
        organization: ids::Id::from_uuid(uuid::Uuid::from_u128(3)),
        roles: vec![Role::OrderCheck, Role::EventRead],
        version: 2,
    };
    let left = |ends_in: Option<i64>| {
        let (token, expiry) = signer.sign_application(&claims, ends_in.map(chrono::TimeDelta::seconds)).unwrap();
        let (read, expires) = read_access(signer.public(), &token).unwrap();
        assert_eq!((read, expires), (Claims::Application(claims.clone()), expiry.timestamp()));
        expires - clock::system_time().timestamp()
    };
    assert!((299..=300).contains(&left(None)) && (299..=300).contains(&left(Some(900))));
    assert!((59..=60).contains(&left(Some(60))));
}

#[test]
fn a_forged_signature_or_algorithm_is_refused() {
    let (key, other) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
    let header = json!({ "typ": ACCESS, "alg": "EdDSA", "kid": key.kid() });
    let honest = signed(&key, &header, &good());
    assert!(read_access(key.public(), &honest).is_ok());

    let none = json!({ "typ": ACCESS, "alg": "none", "kid": key.kid() });
    let unsigned = format!("{}.{}.", part(&none), part(&good()));
    let mut hs256 = Header::new(Algorithm::HS256);
    (hs256.typ, hs256.kid) = (Some(ACCESS.to_owned()), Some(key.kid().to_owned()));
    let secret = EncodingKey::from_secret(&key.public().bytes());
    let confused = jsonwebtoken::encode(&hs256, &good(), &secret).unwrap();
    let (message, signature) = honest.rsplit_once('.').unwrap();
    let mut richer = good();
    richer["opr"] = json!(true);
    let forged = [
        unsigned,
        confused,
        signed(&other, &header, &good()),
        format!("{message}."),
        format!("{}.{}.{signature}", part(&header), part(&richer)),
        format!("{honest}.{signature}"),
        message.to_owned(),
        String::new(),
    ];
    for token in forged {
        assert!(read_access(key.public(), &token).is_err(), "{token}");
    }
}

#[test]
fn a_key_that_a_token_brings_along_is_not_used() {
    let (key, other) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": BASE64URL_NOPAD.encode(&other.public().bytes()) });
    for (name, value) in [("jwk", jwk), ("jku", json!("https://x.example/k")), ("x5u", json!("https://x.example/k"))] {
        let mut header = json!({ "typ": ACCESS, "alg": "EdDSA", "kid": key.kid() });
        header[name] = value;
        assert!(read_access(key.public(), &signed(&other, &header, &good())).is_err(), "{name}");
    }
}

#[test]
fn every_claim_must_be_right() {
    let key = SigningKey::generate().unwrap();
    let now = clock::system_time().timestamp();
    let header = json!({ "typ": ACCESS, "alg": "EdDSA", "kid": key.kid() });
    let wrong = [
        ("iss", json!("enrollment")),
        ("aud", json!("verification")),
        ("aud", json!(["verification", "linkage"])),
        ("sub", json!("ada")),
        ("exp", json!(now - LEEWAY_SECONDS - 5)),
        ("nbf", json!(now + LEEWAY_SECONDS + 5)),
        ("usr", json!(claims().person.to_string())),
        ("org", json!("organizations/1")),
    ];
    for (name, value) in wrong {
        let mut claims = good();
        claims[name] = value.clone();
        assert!(read_access(key.public(), &signed(&key, &header, &claims)).is_err(), "{name}: {value}");
    }
    for name in ["iss", "aud", "sub", "exp", "nbf", "jti"] {
        let mut claims = good();
        claims.as_object_mut().unwrap().remove(name);
        assert!(read_access(key.public(), &signed(&key, &header, &claims)).is_err(), "without {name}");
    }
    let mut late = good();
    late["exp"] = json!(now - LEEWAY_SECONDS / 2);
    assert!(read_access(key.public(), &signed(&key, &header, &late)).is_ok(), "clocks may differ a little");
}

#[test]
fn a_token_of_another_kind_is_refused() {
    let key = SigningKey::generate().unwrap();
    for header in [
        json!({ "typ": "JWT", "alg": "EdDSA", "kid": key.kid() }),
        json!({ "typ": SERVICE, "alg": "EdDSA", "kid": key.kid() }),
        json!({ "alg": "EdDSA", "kid": key.kid() }),
        json!({ "typ": ACCESS, "alg": "EdDSA", "kid": key.kid(), "crit": ["exp"] }),
    ] {
        assert!(read_access(key.public(), &signed(&key, &header, &good())).is_err(), "{header}");
    }
}

#[test]
fn a_service_token_counts_between_the_two_it_names_alone() {
    use ServiceName::{Enrollment, Relationship, Verification};
    let (key, other) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
    let tokens = ServiceTokens::new(Enrollment, key.clone());
    let token = tokens.token_for(Verification).unwrap();
    assert!(read_service(key.public(), Enrollment, Verification, &token).is_ok());
    assert!(read_service(key.public(), Enrollment, Relationship, &token).is_err());
    assert!(read_service(key.public(), Relationship, Verification, &token).is_err());
    assert!(read_service(other.public(), Enrollment, Verification, &token).is_err());
    assert!(read_access(key.public(), &token).is_err());
    assert_eq!(tokens.token_for(Verification).unwrap(), token);
    assert_ne!(tokens.token_for(Relationship).unwrap(), token);
}
