//! How an application proves itself: what is believed, once, and for how long.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use p256::pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, LineEnding};
use runtime::Role;
use runtime::keys::SigningKey;
use serde_json::{Value, json};
use tonic::Status;
use wire::enrollment as pb;
use wire::enrollment::application_credential::Proof as Credential;
use wire::enrollment::create_session_request::Proof;
use wire::event::ListEventsRequest;
use wire::event::event_service_client::EventServiceClient;

use crate::house::{House, houses, reason, with_token};
use crate::machine::{CLUSTER, SUBJECT, asked, of_key, of_workload};
use crate::requests::ADA;

const EVENTS: &[Role] = &[Role::EventRead];

/// A good assertion of this application.
fn claims(application: &str) -> Value {
    let now = runtime::clock::system_time().timestamp();
    json!({ "iss": application, "sub": application, "aud": "linkage", "jti": format!("once-{application}"), "exp": now + 120 })
}

fn signed(key: &SigningKey, claims: &Value) -> Proof {
    Proof::ApplicationAssertion(key.sign_jwt("JWT", claims).unwrap())
}

impl House {
    /// What becomes of the events of this token's organization.
    async fn listens(&self, access_token: &str) -> Result<usize, Status> {
        let request = with_token(access_token, ListEventsRequest::default());
        let events = EventServiceClient::new(self.channel()).list_events(request).await?;
        Ok(events.into_inner().events.len())
    }
}

#[tokio::test]
async fn r67_an_assertion_buys_a_token_of_the_applications_own_once() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let other = house.founded_by("eve@evil.example", "Evil").await;
        let key = SigningKey::generate().unwrap();
        let made = house.machine(&name, EVENTS, &key).await;
        let proof = signed(&key, &claims(&made.name));
        assert_eq!(reason(house.session(proof.clone(), &other).await), "RESOURCE_MISSING", "no other organization");
        let session = house.session(proof.clone(), &name).await.unwrap();
        assert_eq!((session.application.as_str(), session.user.as_str()), (made.name.as_str(), ""));
        assert_eq!((session.session_token.as_str(), session.session_expire_time), ("", None));
        house.service.number_once().await.unwrap();
        assert!(house.listens(&session.access_token).await.unwrap() > 0);
        let myself = with_token(&session.access_token, pb::GetSelfRequest {});
        assert_eq!(reason(house.users().get_self(myself).await), "ROLE_REQUIRED");
        assert_eq!(reason(house.session(proof, "").await), "CREDENTIAL_INVALID", "a replay");
        // The name that one application gave is another's to give too.
        let second = house.machine(&name, EVENTS, &key).await;
        let mut again = claims(&second.name);
        again["jti"] = claims(&made.name)["jti"].clone();
        assert!(house.session(signed(&key, &again), "").await.is_ok());
    }
}

#[tokio::test]
async fn r67_an_assertion_that_says_anything_wrong_is_refused() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let (key, stranger) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
        let made = house.machine(&name, EVENTS, &key).await;
        let second = house.machine(&name, EVENTS, &stranger).await;
        let now = runtime::clock::system_time().timestamp();
        let wrong = [
            ("exp", json!(now - 60)),
            ("exp", json!(now + 400)),
            ("exp", Value::Null),
            ("nbf", json!(now + 60)),
            ("aud", json!("another")),
            ("aud", Value::Null),
            ("iss", json!(second.name)),
            ("iss", json!(name)),
            ("sub", json!(second.name)),
            ("sub", Value::Null),
            ("jti", json!("")),
            ("jti", json!("a".repeat(129))),
            ("jti", json!("a\u{200b}")),
            ("jti", Value::Null),
        ];
        for (field, value) in wrong {
            let mut claims = claims(&made.name);
            match value.is_null() {
                true => drop(claims.as_object_mut().unwrap().remove(field)),
                false => claims[field] = value.clone(),
            }
            assert_eq!(reason(house.session(signed(&key, &claims), "").await), "CREDENTIAL_INVALID", "{field} {value}");
        }
        let honest = claims(&made.name);
        let Proof::ApplicationAssertion(token) = signed(&key, &honest) else { unreachable!() };
        let (front, _) = token.rsplit_once('.').unwrap();
        // A stranger's key, none, a public key taken for a secret.
        let header = Header::new(Algorithm::HS256);
        let public = key.public().to_pem().unwrap();
        let hashed = jsonwebtoken::encode(&header, &honest, &EncodingKey::from_secret(public.as_bytes())).unwrap();
        let forged = [
            signed(&stranger, &honest),
            Proof::ApplicationAssertion(format!("{front}.")),
            Proof::ApplicationAssertion(hashed),
        ];
        for proof in forged {
            assert_eq!(reason(house.session(proof, "").await), "CREDENTIAL_INVALID");
        }
        let nobody = claims(&made.name.replace("applications/", "applications/0"));
        assert_eq!(reason(house.session(signed(&key, &nobody), "").await), "CREDENTIAL_INVALID");
        assert!(house.session(signed(&key, &honest), "").await.is_ok(), "none of them used it up");
    }
}

#[tokio::test]
async fn r67_a_p256_key_signs_es256_and_nothing_else() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let secret = p256::SecretKey::from_slice(&[7; 32]).unwrap();
        let proof = Some(Credential::PublicKey(secret.public_key().to_public_key_pem(LineEnding::LF).unwrap()));
        let credential = Some(pb::ApplicationCredential { proof, ..Default::default() });
        let made = house.registered(ADA, asked(&name, EVENTS, credential)).await.unwrap();
        let pem = secret.to_pkcs8_pem(LineEnding::LF).unwrap();
        let key = EncodingKey::from_ec_pem(pem.as_bytes()).unwrap();
        let assertion = jsonwebtoken::encode(&Header::new(Algorithm::ES256), &claims(&made.name), &key).unwrap();
        let ed25519 = SigningKey::generate().unwrap();
        assert_eq!(reason(house.session(signed(&ed25519, &claims(&made.name)), "").await), "CREDENTIAL_INVALID");
        assert!(house.session(Proof::ApplicationAssertion(assertion), "").await.is_ok());
    }
}

#[tokio::test]
async fn r67_a_workload_is_let_in_by_its_issuers_word_for_the_application_that_names_it() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let made = house.registered(ADA, asked(&name, EVENTS, of_workload(CLUSTER, SUBJECT))).await.unwrap();
        let other = house.registered(ADA, asked(&name, EVENTS, of_workload(CLUSTER, "somebody:else"))).await.unwrap();
        let now = runtime::clock::system_time().timestamp();
        let claims = json!({ "iss": CLUSTER, "aud": ["linkage"], "sub": SUBJECT, "exp": now + 3_600 });
        let token = |application: &str, field: &str, value: Value| {
            let mut claims = claims.clone();
            claims[field] = value;
            let token = house.vouch(&claims);
            Proof::FederatedToken(pb::FederatedToken { application: application.to_owned(), token })
        };
        let good = || token(&made.name, "aud", json!(["linkage"]));
        let session = house.session(good(), "").await.unwrap();
        assert_eq!(session.application, made.name);
        assert!(house.listens(&session.access_token).await.is_ok());
        assert!(house.session(good(), &name).await.is_ok(), "the token is good for as long as it lasts");
        let refusals = [
            (token(&other.name, "aud", json!(["linkage"])), "CREDENTIAL_INVALID"),
            (token(&made.name, "aud", json!("kubernetes")), "CREDENTIAL_INVALID"),
            (token(&made.name, "sub", json!("somebody:else")), "CREDENTIAL_INVALID"),
            (token(&made.name, "exp", json!(now - 60)), "CREDENTIAL_INVALID"),
            (token(&made.name, "iss", json!("https://issuer.example")), "ISSUER_NOT_TRUSTED"),
            (token("nonsense", "aud", json!("linkage")), "FIELD_INVALID"),
        ];
        for (number, (proof, expected)) in refusals.into_iter().enumerate() {
            assert_eq!(reason(house.session(proof, "").await), expected, "{number}");
        }
        let Proof::FederatedToken(mut forged) = good() else { unreachable!() };
        forged.token = SigningKey::generate().unwrap().sign_jwt("JWT", &claims).unwrap();
        assert_eq!(reason(house.session(Proof::FederatedToken(forged), "").await), "CREDENTIAL_INVALID");
    }
}

#[tokio::test]
async fn r67_a_former_key_opens_until_its_end_and_its_tokens_last_no_longer() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let (first, second) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
        let made = house.machine(&name, EVENTS, &first).await;
        let count = std::cell::Cell::new(0);
        let session = |key: &SigningKey| {
            count.set(count.get() + 1);
            let mut claims = claims(&made.name);
            claims["jti"] = json!(format!("{}", count.get()));
            house.session(signed(key, &claims), "")
        };
        let rotation = |key: &SigningKey, former_expire_time| pb::RotateCredentialRequest {
            name: made.name.clone(),
            credential: of_key(key.public()),
            former_expire_time,
            ..Default::default()
        };
        let before = session(&first).await.unwrap();
        assert_eq!(reason(session(&second).await), "CREDENTIAL_INVALID");
        let day = chrono::TimeDelta::days(1);
        let end = runtime::convert::timestamp(house.service.app().now() + day);
        house.rotated(rotation(&second, Some(end))).await.unwrap();
        for key in [&first, &second] {
            assert!(session(key).await.is_ok());
        }
        assert!(house.listens(&before.access_token).await.is_ok(), "what was issued before counts");
        house.advance_seconds(day.num_seconds() - 60).await;
        let left = |session: &pb::Session| {
            session.access_expire_time.unwrap().seconds - runtime::clock::system_time().timestamp()
        };
        assert!(left(&session(&first).await.unwrap()) <= 60 && left(&session(&second).await.unwrap()) > 200);
        house.advance_seconds(day.num_seconds()).await;
        assert_eq!(reason(session(&first).await), "CREDENTIAL_INVALID");
        let present = session(&second).await.unwrap();
        assert!(house.listens(&present.access_token).await.is_ok());
        // A key that leaked is replaced at once, and with it goes what it was used for.
        house.rotated(rotation(&first, None)).await.unwrap();
        assert_eq!(reason(house.listens(&present.access_token).await), "CREDENTIAL_INVALID");
        assert_eq!(reason(session(&second).await), "CREDENTIAL_INVALID");
        assert!(session(&first).await.is_ok());
    }
}

#[tokio::test]
async fn r67_an_application_that_is_disabled_or_gone_or_has_lost_a_role_has_void_tokens() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let key = SigningKey::generate().unwrap();
        for deed in ["disable", "another role", "delete"] {
            let made = house.machine(&name, EVENTS, &key).await;
            let session = house.session(signed(&key, &claims(&made.name)), "").await.unwrap();
            assert!(house.listens(&session.access_token).await.is_ok());
            let same = pb::Application { name: made.name.clone(), ..Default::default() };
            match deed {
                "disable" => {
                    let state = pb::application::State::Disabled.into();
                    drop(house.altered(pb::Application { state, ..same }).await.unwrap());
                }
                "delete" => drop(house.removed(&made.name, "").await.unwrap()),
                _ => {
                    let roles = vec![Role::OrderCheck.into()];
                    drop(house.altered(pb::Application { roles, ..same }).await.unwrap());
                }
            }
            assert_eq!(reason(house.listens(&session.access_token).await), "CREDENTIAL_INVALID", "{deed}");
            let mut again = claims(&made.name);
            again["jti"] = json!("again");
            let again = house.session(signed(&key, &again), "").await;
            match deed {
                "disable" => assert_eq!(reason(again), "APPLICATION_DISABLED"),
                "delete" => assert_eq!(reason(again), "CREDENTIAL_INVALID"),
                _ => assert_eq!(reason(house.listens(&again.unwrap().access_token).await), "ROLE_REQUIRED"),
            }
        }
    }
}
