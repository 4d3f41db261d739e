//! Identity tokens of issuers that publish their keys: the corpus with its verdicts, rotation, and issuers that are away.

use std::cell::RefCell;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tonic::Code;
use tonic_types::StatusExt as _;
use wire::enrollment::create_session_request::Proof;

use crate::house::{House, houses_with, reason};
use crate::provider::{At, Provider, algorithm, claims, header, jwk, sign, token};

const ADA: &str = "ada@nordwind.example";
const NORDWIND: &[&str] = &["nordwind.example"];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default = "rs")]
    issuer: String,
    #[serde(default = "rsa")]
    sign: String,
    with: Option<jsonwebtoken::Algorithm>,
    #[serde(default)]
    header: Map<String, Value>,
    #[serde(default)]
    claims: Map<String, Value>,
    after: Option<Map<String, Value>>,
    signature: Option<String>,
    verdict: String,
}

fn rs() -> String {
    "rs".to_owned()
}

fn rsa() -> String {
    "rsa".to_owned()
}

/// An issuer's name by its short one; `tenants:acme` is that of a tenant.
fn issuer(provider: &Provider, short: &str) -> String {
    match short.split_once(':').unwrap_or((short, "acme")) {
        ("tenants", tenant) => provider.issuer(&format!("{tenant}/v2.0")),
        _ => provider.issuer(short),
    }
}

/// Puts values in their place, takes away what is null.
fn change(into: &mut Map<String, Value>, changes: &Map<String, Value>, provider: &Provider) {
    let now = runtime::clock::system_time().timestamp();
    for (name, value) in changes {
        let value = match (name.as_str(), value) {
            ("jwk", _) => jwk("rsa-stranger", "stranger"),
            ("iss", Value::String(short)) if !short.contains("://") => json!(issuer(provider, short)),
            ("iss", Value::Array(_)) => json!([issuer(provider, "rs"), issuer(provider, "es")]),
            (_, Value::String(text)) => {
                match text.strip_prefix("now").and_then(|seconds| seconds.parse::<i64>().ok()) {
                    Some(seconds) => json!(now + seconds),
                    None => value.clone(),
                }
            }
            _ => value.clone(),
        };
        match value {
            Value::Null => drop(into.remove(name)),
            value => drop(into.insert(name.clone(), value)),
        }
    }
}

impl Case {
    fn token(&self, provider: &Provider) -> String {
        let by = self.sign.as_str();
        let (mut head, kid) =
            (header(by, ""), if self.issuer == "rs" || self.issuer == "tenants" { "rsa" } else { by });
        let with = self.with.unwrap_or(algorithm(by));
        head.insert("alg".to_owned(), json!(with));
        head.insert("kid".to_owned(), json!(kid.trim_end_matches("-stranger")));
        change(&mut head, &self.header, provider);
        let tenants = self.issuer == "tenants";
        let email = if tenants { "ada@fjord.example" } else { ADA };
        let mut body = claims(&issuer(provider, &self.issuer), "ada", email);
        if tenants {
            body.insert("tid".to_owned(), json!("acme"));
        }
        change(&mut body, &self.claims, provider);
        let mut token = sign(&head, &body, by, with);
        let (message, signature) = token.rsplit_once('.').unwrap();
        if let Some(after) = &self.after {
            change(&mut body, after, provider);
            let other = sign(&head, &body, by, with);
            token = format!("{}.{signature}", other.rsplit_once('.').unwrap().0);
        } else if let Some(instead) = &self.signature {
            let zeros = data_encoding::BASE64URL_NOPAD.encode(&[0; 64]);
            token = format!("{message}.{}", if instead == "zeros" { &zeros } else { instead });
        }
        token
    }
}

fn publish_all(provider: &Provider) {
    let mut encrypts = jwk("rsa-stranger", "rsa-encrypts");
    encrypts["use"] = json!("enc");
    let secret = json!({ "kty": "oct", "kid": "secret", "k": "cHVibGlzaGVk" });
    let next = jwk("rsa-next", "rsa-next");
    provider.publish("rs", &[jwk("rsa", "rsa"), next, jwk("rsa-short", "rsa-short"), encrypts, secret]);
    provider.publish("es", &[jwk("ec", "ec")]);
    provider.publish("ed", &[jwk("ed", "ed")]);
    let mut consumers = jwk("rsa-next", "consumers");
    consumers["issuer"] = json!(provider.issuer("consumers/v2.0"));
    let mut all = jwk("rsa", "rsa");
    all["issuer"] = json!(provider.issuer("{tenantid}/v2.0"));
    provider.publish("all/v2.0", &[all, consumers]);
    let (name, keys) = (provider.issuer("{tenantid}/v2.0"), provider.issuer("all/v2.0/keys"));
    provider.put("all/v2.0/.well-known/openid-configuration", At::Json(json!({ "issuer": name, "jwks_uri": keys })));
}

impl House {
    async fn shown(&self, token: String) -> Result<wire::enrollment::Session, tonic::Status> {
        self.session(Proof::IdentityToken(token), "").await
    }
}

/// Tells a story in houses with four issuers, each house with a provider of its own.
pub(crate) async fn each(story: impl AsyncFn(&House, &Provider)) {
    within(5_000, story).await;
}

/// The same where an issuer has so long to answer.
async fn within(milliseconds: u32, story: impl AsyncFn(&House, &Provider)) {
    let providers = RefCell::new(Vec::new());
    let houses = houses_with(|setup| {
        let provider = Provider::start();
        publish_all(&provider);
        let own = ["rs", "es", "ed"].map(|path| provider.configured(path, NORDWIND));
        setup.config.issuers = own.into_iter().chain([provider.of_tenants()]).collect();
        setup.config.issuer_timeout_milliseconds = NonZeroU32::new(milliseconds).unwrap();
        providers.borrow_mut().push(provider);
    });
    for (house, provider) in houses.await.iter().zip(providers.into_inner()) {
        story(house, &provider).await;
    }
}

#[tokio::test]
async fn r17_no_forged_token_is_believed_and_every_right_one_is() {
    let corpus: Vec<Case> = serde_saphyr::from_str(include_str!("issuer/tokens.yaml")).unwrap();
    assert!(corpus.len() > 80, "{}", corpus.len());
    each(async |house, provider| {
        house.trusting("fjord.example", &issuer(provider, "tenants")).await;
        let mut wrong = Vec::new();
        for case in &corpus {
            let told = match house.shown(case.token(provider)).await {
                Ok(_) => "OK".to_owned(),
                refused => reason(refused),
            };
            if told != case.verdict {
                wrong.push(format!("{}: {told} instead of {}", case.name, case.verdict));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        for path in ["rs/keys", "es/keys", "ed/keys", "all/v2.0/keys"] {
            assert_eq!(provider.asked(path), 1, "whatever keys tokens name, an issuer is asked once: {path}");
        }
    })
    .await;
}

#[tokio::test]
async fn r17_a_rotated_key_is_found_within_a_minute_and_the_old_one_counts_no_more() {
    each(async |house, provider| {
        let rs = &provider.issuer("rs");
        let by = |key: &str, kid: &str| token(rs, "ada", ADA, key, kid);
        assert!(house.shown(by("rsa", "rsa")).await.is_ok());
        provider.publish("rs", &[jwk("rsa-stranger", "fresh")]);
        assert_eq!(reason(house.shown(by("rsa-stranger", "fresh")).await), "CREDENTIAL_INVALID");
        assert!(house.shown(by("rsa", "rsa")).await.is_ok(), "nobody has asked again");
        house.advance_seconds(40).await;
        assert_eq!(reason(house.shown(by("rsa-stranger", "fresh")).await), "CREDENTIAL_INVALID");
        house.advance_seconds(61).await;
        assert!(house.shown(by("rsa-stranger", "fresh")).await.is_ok());
        assert_eq!(reason(house.shown(by("rsa", "rsa")).await), "CREDENTIAL_INVALID");
        assert_eq!(provider.asked("rs/keys"), 2);
        // A key that is withdrawn is let go after an hour, though its tokens name it all the while.
        provider.publish("rs", &[]);
        house.advance_seconds(61 + 3_500).await;
        assert!(house.shown(by("rsa-stranger", "fresh")).await.is_ok());
        house.advance_seconds(61 + 3_601).await;
        assert_eq!(reason(house.shown(by("rsa-stranger", "fresh")).await), "CREDENTIAL_INVALID");
    })
    .await;
}

#[tokio::test]
async fn r17_an_issuer_that_is_away_is_told_apart_and_known_keys_count_for_a_day() {
    each(async |house, provider| {
        let (rs, es) = (&provider.issuer("rs"), &provider.issuer("es"));
        let known = || token(rs, "ada", ADA, "rsa", "rsa");
        assert!(house.shown(known()).await.is_ok());
        let document = ".well-known/openid-configuration";
        for path in ["rs", "es"] {
            provider.put(&format!("{path}/{document}"), At::Status(503, "x: y"));
        }
        let away = house.shown(token(es, "ada", ADA, "ec", "ec")).await.err().unwrap();
        assert_eq!(away.code(), Code::Unavailable);
        let details = away.get_error_details();
        assert_eq!(details.error_info().unwrap().reason, "DEPENDENCY_DOWN");
        assert!(details.retry_info().unwrap().retry_delay.unwrap().as_millis() > 0);
        assert_eq!(reason(house.shown(token(es, "ada", ADA, "ec", "ec")).await), "DEPENDENCY_DOWN");
        assert_eq!(provider.asked(&format!("es/{document}")), 1, "it is left alone for a while");
        house.advance_seconds(86_300).await;
        assert!(house.shown(known()).await.is_ok(), "what was known for a day counts");
        house.advance_seconds(86_405).await;
        assert_eq!(reason(house.shown(known()).await), "DEPENDENCY_DOWN");
        publish_all(provider);
        house.advance_seconds(86_411).await;
        assert!(house.shown(known()).await.is_ok() && house.shown(token(es, "ada", ADA, "ec", "ec")).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn r17_keys_come_from_the_issuers_own_document_and_nowhere_else() {
    each(async |house, provider| {
        let rs = &provider.issuer("rs");
        let shown = || house.shown(token(rs, "ada", ADA, "rsa", "rsa"));
        let document = "rs/.well-known/openid-configuration";
        let honest = json!({ "issuer": rs, "jwks_uri": provider.issuer("rs/keys") });
        let with = |name: &str, value: Value| {
            let mut document = honest.clone();
            document[name] = value;
            At::Json(document)
        };
        // The right keys wait there, for whoever would follow.
        provider.put("elsewhere", At::Json(honest.clone()));
        let mut seconds = 0;
        for wrong in [
            At::Status(302, "location: /elsewhere"),
            At::Status(307, "location: /elsewhere"),
            At::Status(404, "x: y"),
            with("issuer", json!(provider.issuer("es"))),
            with("issuer", json!(format!("{rs}/"))),
            with("jwks_uri", json!("file:///etc/passwd")),
            with("jwks_uri", json!("http://192.0.2.1/keys")),
            with("jwks_uri", json!("")),
            At::Json(json!([])),
            At::Endless,
        ] {
            provider.put(document, wrong.clone());
            seconds += 6;
            house.advance_seconds(seconds).await;
            assert_eq!(reason(shown().await), "DEPENDENCY_DOWN", "{wrong:?}");
        }
        assert_eq!(provider.asked("/elsewhere"), 0, "no redirect is followed");
        provider.put(document, At::Json(honest));
        house.advance_seconds(seconds + 6).await;
        assert!(shown().await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn r17_a_caller_who_goes_takes_no_answer_from_those_who_wait() {
    each(async |house, provider| {
        let rs = &provider.issuer("rs");
        let (release, held) = std::sync::mpsc::channel();
        let keys = json!({ "keys": [jwk("rsa", "rsa")] });
        provider.put("rs/keys", At::Held(keys, Arc::new(Mutex::new(held))));
        // Gone before the issuer has answered; who is honest comes a moment later.
        let proof = Proof::IdentityToken(token(rs, "eve", ADA, "rsa", "nobody's"));
        let request = wire::enrollment::CreateSessionRequest { proof: Some(proof), ..Default::default() };
        let mut stranger = tonic::Request::new(request);
        stranger.set_timeout(std::time::Duration::from_millis(100));
        // By the server, or by the client itself, whichever is first.
        let gone = house.sessions().create_session(stranger).await.err().unwrap().code();
        assert!([Code::DeadlineExceeded, Code::Cancelled].contains(&gone), "{gone:?}");
        let answers = async { drop(release) };
        let (honest, ()) = tokio::join!(house.shown(token(rs, "ada", ADA, "rsa", "rsa")), answers);
        assert!(honest.is_ok());
        assert_eq!(provider.asked("rs/keys"), 1, "what the stranger began was for all");
    })
    .await;
}

#[tokio::test]
async fn r17_who_waits_for_an_issuer_that_hangs_waits_so_long_and_no_longer_and_asks_once() {
    within(500, async |house, provider| {
        provider.put("rs/keys", At::Silence);
        let rs = &provider.issuer("rs");
        let all = (0..20).map(|number| house.shown(token(rs, &number.to_string(), ADA, "rsa", &format!("k{number}"))));
        let told = futures::future::join_all(all).await;
        assert!(told.into_iter().all(|answer| reason(answer) == "DEPENDENCY_DOWN"));
        assert_eq!(provider.asked("rs/keys"), 1);
    })
    .await;
}
