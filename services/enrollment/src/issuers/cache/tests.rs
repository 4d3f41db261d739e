use serde_json::json;

use super::super::keys::Published;
use super::*;
use crate::domain::samples::now;

const SECOND: TimeDelta = TimeDelta::seconds(1);

fn keys(kids: &[&str]) -> Vec<Key> {
    let x = data_encoding::BASE64URL_NOPAD.encode(&[7; 32]);
    let keys: Vec<_> = kids.iter().map(|kid| json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "x": x })).collect();
    serde_json::from_value::<Published>(json!({ "keys": keys })).unwrap().usable().unwrap()
}

/// What is done about a token that names this key.
fn step(known: &Known, kid: &str, now: DateTime<Utc>) -> &'static str {
    match known.step(&Wanted { kid: Some(kid), algorithm: Algorithm::EdDSA, issuer: "" }, now) {
        Step::Use(_) => "use",
        Step::Refuse(Missing::Unknown) => "unknown",
        Step::Refuse(Missing::Away(_)) => "away",
        Step::Ask(Some(_)) => "ask, use meanwhile",
        Step::Ask(None) => "ask",
    }
}

fn failed(known: &Known, now: DateTime<Utc>) -> Known {
    known.learning(Err(Failure::Late), now)
}

#[test]
fn r17_an_unknown_key_has_the_issuer_asked_once_a_minute_at_most() {
    let now = now();
    let nothing = Known::default();
    assert_eq!(step(&nothing, "a", now), "ask");
    let told = nothing.asking(now).learning(Ok(keys(&["a"])), now);
    assert_eq!((step(&told, "a", now), step(&told, "b", now)), ("use", "unknown"));
    let almost = now + REST - SECOND;
    assert_eq!((step(&told, "a", almost), step(&told, "b", almost)), ("use", "unknown"));
    assert_eq!((step(&told, "a", now + REST), step(&told, "b", now + REST)), ("use", "ask"));
    let rotated = told.learning(Ok(keys(&["b"])), now + REST);
    assert_eq!(step(&rotated, "b", now + REST), "use");
    assert_eq!(step(&rotated, "a", now + REST), "unknown", "what is published no more counts no more");
}

#[test]
fn r17_keys_are_asked_for_anew_after_an_hour_and_count_for_a_day() {
    let now = now();
    let told = Known::default().learning(Ok(keys(&["a"])), now);
    assert_eq!(step(&told, "a", now + FRESH - SECOND), "use");
    assert_eq!(step(&told, "a", now + FRESH), "ask, use meanwhile");
    let later = now + FRESH;
    let away = failed(&told, later);
    assert_eq!((step(&away, "a", later), step(&away, "b", later)), ("use", "away"));
    assert_eq!(step(&away, "a", now + USABLE - SECOND), "ask, use meanwhile");
    assert_eq!(step(&away, "a", now + USABLE), "ask");
    let late = failed(&away, now + USABLE);
    assert_eq!(step(&late, "a", now + USABLE), "away", "too old to be believed");
}

#[test]
fn r17_an_issuer_that_is_away_is_left_alone_for_a_while() {
    let now = now();
    let away = failed(&Known::default(), now);
    assert_eq!(away.rest(now), Some(REST_AFTER_FAILURE));
    assert_eq!(step(&away, "a", now + REST_AFTER_FAILURE - SECOND), "away");
    assert_eq!(step(&away, "a", now + REST_AFTER_FAILURE), "ask");
    assert_eq!(away.rest(now - TimeDelta::days(1)), None, "the clock was set back");
    // Whoever asks and goes keeps the others from asking for a second, and no longer.
    let gone = Known::default().asking(now);
    assert_eq!(step(&gone, "a", now), "away");
    assert_eq!(step(&gone, "a", now + REST_AFTER_NOTHING), "ask");
}
