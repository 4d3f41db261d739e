//! Identity tokens: who vouches for whom, proven before a word of them is believed.

use std::time::Duration;

use addresses::Email;
use chrono::{DateTime, Utc};
use runtime::Fault;
use runtime::unseen::is_unseen;

use super::person::Vouched;
use super::{invalid, not_trusted};
use crate::issuers::{Issuers, Unproven};

/// The person of an identity token. Whether the issuer's word counts for the address is judged by the change that follows.
pub(super) async fn prove(issuers: &Issuers, token: &str, now: impl Fn() -> DateTime<Utc>) -> Result<Vouched, Fault> {
    let (issuer, claims) = issuers.prove(token, now).await.map_err(|why| {
        tracing::info!(%why, "identity token refused");
        match why {
            Unproven::Issuer => not_trusted("it is not configured"),
            Unproven::Token(_) => invalid(),
            Unproven::Away(wait) => {
                Fault::unavailable(why).retry_after(wait.to_std().unwrap_or(Duration::from_secs(1)))
            }
        }
    })?;
    if claims.sub.is_empty() || claims.sub.len() > 255 || claims.sub.chars().any(char::is_control) {
        return Err(invalid());
    }
    let email = Email::parse(&claims.email).map_err(|_| not_trusted("its token carries no e-mail address"))?;
    if !claims.email_verified {
        return Err(not_trusted("it has not verified the e-mail address"));
    }
    let display_name: String = claims.name.trim().chars().filter(|c| !is_unseen(*c)).take(120).collect();
    Ok(Vouched { issuer, subject: claims.sub, email, display_name })
}

#[cfg(test)]
mod tests {
    use runtime::clock::system_time;
    use runtime::keys::SigningKey;
    use serde_json::{Value, json};

    use super::*;
    use crate::config::Issuer;
    use crate::domain::issuer::{Untrusted, Word};

    const ISSUER: &str = "https://issuer.example";
    /// The kind of an identity token.
    const IDENTITY: &str = "JWT";

    fn claims() -> Value {
        let now = system_time().timestamp();
        json!({
            "iss": ISSUER, "aud": "linkage", "sub": "ada", "email": "Ada@example.com", "email_verified": true,
            "name": "Ada", "iat": now, "nbf": now, "exp": now + 300,
        })
    }

    fn issuers(key: &SigningKey, trusted: &[&str]) -> Issuers {
        let mut issuer = Issuer::development(ISSUER, "linkage", key.public().clone());
        issuer.trusted_domains = trusted.iter().map(|domain| (*domain).to_owned()).collect();
        Issuers::new(&[issuer], Duration::from_secs(1))
    }

    async fn judged(change: impl Fn(&mut Value)) -> Result<Vouched, &'static str> {
        let key = SigningKey::generate().expect("a key");
        let mut claims = claims();
        change(&mut claims);
        let token = key.sign_jwt(IDENTITY, &claims).expect("a token");
        prove(&issuers(&key, &["*"]), &token, system_time).await.map_err(|fault| fault.reason())
    }

    #[tokio::test]
    async fn r17_only_a_trusted_issuers_verified_address_counts() {
        assert_eq!(judged(|_| {}).await.expect("vouched").email.as_str(), "ada@example.com");
        assert_eq!(judged(|c| c["email_verified"] = json!(false)).await, Err("ISSUER_NOT_TRUSTED"));
        assert_eq!(judged(|c| c["email"] = json!("a@b.se,c@d.se")).await, Err("ISSUER_NOT_TRUSTED"));
        assert_eq!(judged(|c| c["iss"] = json!("https://other.example")).await, Err("ISSUER_NOT_TRUSTED"));
        for (claim, value) in [
            ("aud", json!("another")),
            ("aud", json!(["linkage", "another"])),
            ("azp", json!("another")),
            ("iat", json!(system_time().timestamp() + 600)),
            ("exp", json!(1)),
            ("sub", json!("")),
        ] {
            assert_eq!(judged(|c| c[claim] = value.clone()).await, Err("CREDENTIAL_INVALID"), "{claim}: {value}");
        }
        let key = SigningKey::generate().expect("a key");
        let word = |trusted: &[&str]| issuers(&key, trusted).claimant(ISSUER, "example.com", None).word();
        assert_eq!((word(&["example.com"]), word(&["*"])), (Ok(Word::Own), Ok(Word::Anybody)));
        assert_eq!(word(&["example.org"]), Err(Untrusted::Nobody));
    }

    #[tokio::test]
    async fn what_is_no_token_proves_nothing() {
        let key = SigningKey::generate().expect("a key");
        let issuers = issuers(&key, &["*"]);
        let forged = SigningKey::generate().expect("a key").sign_jwt(IDENTITY, &claims()).expect("a token");
        let other_kind = key.sign_jwt("at+jwt", &claims()).expect("a token");
        for token in ["", "a.b.c", "....", &forged, &other_kind] {
            let told = prove(&issuers, token, system_time).await.map_err(|fault| fault.reason());
            assert_eq!(told, Err("CREDENTIAL_INVALID"), "{token}");
        }
    }
}
