//! Tokens count within their five minutes of real time and thirty seconds of leeway on either side, whoever made them.

use linkage::people::{AUDIENCE, ISSUER};
use linkage::{ServiceName, SigningKey};
use runtime::keys::ISSUER_FILE;
use runtime::token::LEEWAY_SECONDS;
use serde_json::json;

use super::TEN_MINUTES;
use crate::caller::{Caller, data};
use crate::program::Place;
use crate::signals::Serving;

/// How long such a token lasts.
const LIFETIME: i64 = 300;
/// More than a call takes on a busy machine.
const SPARE: i64 = 15;

#[test]
fn f11_tokens_of_a_clock_that_is_off_count_within_the_leeway_only() {
    let place = Place::new();
    let mut serving = Serving::start(&place.command(&["serve"]));
    let mut caller = Caller::of(&place);
    let key = |file: &str| SigningKey::load_or_create(&data(&place).join("keys").join(file)).expect("a key");
    let (issuer, sibling) = (key(ISSUER_FILE), key("enrollment.pem"));
    let edge = LEEWAY_SECONDS;
    let cases = [
        (0, true),
        (edge - SPARE, true),
        (edge + SPARE, false),
        (TEN_MINUTES, false),
        (-LIFETIME - edge + SPARE, true),
        (-LIFETIME - edge - 1, false),
        (-TEN_MINUTES, false),
    ];
    for (off, counts) in cases {
        let now = runtime::clock::system_time().timestamp() + off;
        let until = now + LIFETIME;
        let claims = json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "email": "ada@clocks.example", "email_verified": true,
            "name": "Ada", "iat": now, "nbf": now, "exp": until,
        });
        let identity = issuer.sign_jwt("JWT", &claims).expect("a token");
        let sign_in = json!({ "identity_token": identity });
        let answer = caller.anybody(ServiceName::Enrollment, "enrollment.SessionService/CreateSession", &sign_in);
        assert_eq!(told(&answer), verdict(counts), "a person's, {off} s off: {}", answer.message);

        let claims = json!({
            "iss": "enrollment", "sub": "enrollment", "aud": "relationship", "jti": format!("{off}"),
            "iat": now, "nbf": now, "exp": until,
        });
        let token = sibling.sign_jwt("svc+jwt", &claims).expect("a token");
        let older = json!({ "epoch": 1, "as_of_time": "2020-01-01T00:00:00Z" });
        let rpc = "relationship.RelationshipPeerService/RecordWatermark";
        let answer = caller.bearing(Some(&token), ServiceName::Relationship, rpc, &older);
        assert_eq!(told(&answer), verdict(counts), "a sibling's, {off} s off: {}", answer.message);
    }
    assert_eq!(serving.process.stop().code, Some(0));
}

fn told(answer: &linkage::Answer) -> (tonic::Code, &str) {
    (answer.code, answer.reason.as_str())
}

fn verdict(counts: bool) -> (tonic::Code, &'static str) {
    if counts { (tonic::Code::Ok, "") } else { (tonic::Code::Unauthenticated, "CREDENTIAL_INVALID") }
}
