//! Credentials that count, and those that must not.

use std::collections::btree_map::{BTreeMap, Entry};

use linkage::{Answer, ServiceName, SigningKey};
use serde_json::{Value, json};

use super::samples::Sample;
use crate::harness::Stage;
use crate::harness::call::told;

const ACCESS: &str = "at+jwt";
const SERVICE: &str = "svc+jwt";
/// How long tokens count, in seconds.
const LIFETIME: i64 = 300;
/// `{"alg":"none","typ":"at+jwt"}`
const UNSIGNED: &str = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0";

/// A way to be nobody who counts.
struct Forgery {
    what: &'static str,
    token: Option<String>,
    code: &'static str,
    reason: &'static str,
}

/// A token of who calls in the sample, that counts at this service.
pub(super) async fn of(stage: &mut Stage, sample: &Sample, at: ServiceName) -> Option<String> {
    if sample.is_anonymous() {
        return None;
    }
    if let Some(peer) = sample.peer() {
        return Some(of_service(stage, peer, at).await);
    }
    Some(user(stage, &sample.caller).await)
}

/// The token of the person with this address.
pub(super) async fn user(stage: &mut Stage, who: &str) -> String {
    let token = stage.people.token(&stage.client, who, None).await.expect("an identity token");
    token.unwrap_or_else(|refused| panic!("{who} can't sign in: {}", told(&refused)))
}

/// The token of a service, that counts at another.
pub(super) async fn of_service(stage: &Stage, from: ServiceName, at: ServiceName) -> String {
    service(&key(stage, from), now(stage).await, from, at)
}

/// The key that a service signs with.
fn key(stage: &Stage, service: ServiceName) -> SigningKey {
    key_of(stage, service.as_str())
}

fn key_of(stage: &Stage, name: &str) -> SigningKey {
    SigningKey::load_or_create(&stage.settings.keys().join(format!("{name}.pem"))).expect("a key")
}

/// Real time, which tokens count by.
async fn now(stage: &Stage) -> i64 {
    (stage.now().await - stage.offset()).timestamp()
}

fn service(key: &SigningKey, now: i64, from: ServiceName, to: ServiceName) -> String {
    let claims = json!({
        "iss": from.as_str(), "sub": from.as_str(), "aud": to.as_str(), "exp": now + LIFETIME, "iat": now, "nbf": now,
        "jti": "a",
    });
    key.sign_jwt(SERVICE, &claims).expect("a token")
}

/// A token of the operator's user, signed by this key.
fn access(key: &SigningKey, now: i64, myself: &Value) -> String {
    let name = myself["name"].as_str().expect("a name");
    let parts: Vec<_> = name.split('/').collect();
    let claims = json!({
        "iss": "linkage", "aud": "linkage", "sub": parts[3], "exp": now + LIFETIME, "iat": now, "nbf": now, "jti": "a",
        "email": myself["email"], "name": "", "usr": parts[3], "org": parts[1], "opr": true, "ver": 1_000_000,
        "roles": ["GLOBAL_ADMIN", "OPERATOR", "REVIEWER"],
    });
    key.sign_jwt(ACCESS, &claims).expect("a token")
}

/// Calls each RPC with credentials that don't count; what was not right.
pub(super) async fn failures(stage: &mut Stage, samples: &[Sample]) -> Vec<String> {
    let mut failures = Vec::new();
    let operator = stage.operator();
    let myself = stage.myself(&operator).await;
    let fresh = access(&key_of(stage, "access"), now(stage).await, &myself);
    let method = stage.client.method("enrollment.UserService/GetSelf").expect("GetSelf");
    let control = stage.client.call_raw(ServiceName::Enrollment, &method, Vec::new(), Some(&fresh)).await;
    assert_eq!(control.code, tonic::Code::Ok, "such a token counts until it expires: {}", told(&control));
    let mut made = BTreeMap::new();
    for sample in samples {
        let method = sample.method(&stage.client);
        let payload = prost::Message::encode_to_vec(&sample.message(&method));
        for home in sample.homes(&method) {
            let kind = (home, sample.peer(), sample.is_anonymous());
            let forged = match made.entry(kind) {
                Entry::Occupied(made) => made.into_mut(),
                Entry::Vacant(place) => place.insert(forgeries(stage, sample, home, &myself).await),
            };
            for forgery in &*forged {
                let answer = stage.client.call_raw(home, &method, payload.clone(), forgery.token.as_deref()).await;
                failures
                    .extend(verdict(stage, forgery, &answer).map(|wrong| format!("{} at {home}: {wrong}", sample.rpc)));
            }
        }
    }
    failures
}

fn verdict(stage: &Stage, forgery: &Forgery, answer: &Answer) -> Option<String> {
    if let Some(untyped) = super::verdict::untyped(stage.client.pool(), answer) {
        return Some(format!("{}: {untyped}", forgery.what));
    }
    let found = (linkage::demo::play::code_name(answer.code), answer.reason.as_str());
    (found != (forgery.code.to_owned(), forgery.reason)).then(|| format!("{}: {}", forgery.what, told(answer)))
}

async fn forgeries(stage: &mut Stage, sample: &Sample, home: ServiceName, myself: &Value) -> Vec<Forgery> {
    let now = now(stage).await;
    let void = |what, token: String| Forgery {
        what,
        token: Some(token),
        code: "UNAUTHENTICATED",
        reason: "CREDENTIAL_INVALID",
    };
    let operator = stage.operator();
    let real = user(stage, &operator).await;
    let stranger = SigningKey::generate().expect("a key");
    let (real_key, other) = (key_of(stage, "access"), access(&stranger, now, myself));
    let (front, signature) = (real.rsplit_once('.').expect("a JWT").0, other.rsplit_once('.').expect("a JWT").1);
    let payload = front.split_once('.').expect("a JWT").1;
    let mut all = vec![
        void("no token at all", "nonsense".to_owned()),
        void("signed by a stranger", other.clone()),
        void("another's signature", format!("{front}.{signature}")),
        void("unsigned", format!("{UNSIGNED}.{payload}.")),
        void("expired", access(&real_key, now - LIFETIME - 60, myself)),
        void("not yet valid", access(&real_key, now + 600, myself)),
        void("a service nobody knows", service(&stranger, now, ServiceName::Enrollment, home)),
    ];
    let source = sample.peer().unwrap_or(ServiceName::Verification);
    let elsewhere = ServiceName::ALL.into_iter().find(|service| *service != home).expect("another service");
    all.push(void("for another service", service(&key(stage, source), now, source, elsewhere)));
    all.push(void("an expired service", service(&key(stage, source), now - LIFETIME - 60, source, home)));
    if sample.is_anonymous() {
        return all;
    }
    all.push(Forgery { what: "no credential", token: None, code: "UNAUTHENTICATED", reason: "CREDENTIAL_MISSING" });
    let wrong_kind = match sample.peer() {
        Some(_) => real,
        None => service(&key(stage, source), now, source, home),
    };
    all.push(Forgery {
        what: "of another kind of caller",
        token: Some(wrong_kind),
        code: "PERMISSION_DENIED",
        reason: "ROLE_REQUIRED",
    });
    all
}
