//! Identity tokens: who vouches for whom, proven before a word of them is believed.

use addresses::Email;
use data_encoding::BASE64URL_NOPAD;
use runtime::Fault;
use runtime::token::verify_jwt;
use runtime::unseen::is_unseen;
use serde::Deserialize;
use tonic::Code;
use wire::enrollment as pb;

use super::invalid;
use crate::config::Issuer;

/// The kind of an identity token.
const IDENTITY: &str = "JWT";

/// A person as a trusted issuer vouches for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Vouched {
    pub(super) issuer: String,
    pub(super) subject: String,
    pub(super) email: Email,
    pub(super) display_name: String,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    email_verified: bool,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct Unproven {
    iss: String,
}

/// The person of an identity token.
pub(super) fn prove(issuers: &[Issuer], token: &str) -> Result<Vouched, Fault> {
    // The name only says whose key to try; nothing else is read before the signature is proven.
    let named = claimed_issuer(token).ok_or_else(invalid)?;
    let issuer = issuers.iter().find(|issuer| issuer.issuer == named);
    let issuer = issuer.ok_or_else(|| not_trusted("its issuer is not configured"))?;
    let claims: Claims =
        verify_jwt(&issuer.key, IDENTITY, &issuer.audience, &issuer.issuer, token).map_err(|error| {
            tracing::info!(%error, "identity token refused");
            invalid()
        })?;
    if claims.sub.is_empty() || claims.sub.len() > 255 || claims.sub.chars().any(char::is_control) {
        return Err(invalid());
    }
    let email = Email::parse(&claims.email).map_err(|_| not_trusted("it carries no e-mail address"))?;
    if !claims.email_verified {
        return Err(not_trusted("its e-mail address is not verified"));
    }
    if !issuer.is_trusted_for(email.registrable_domain()) {
        return Err(not_trusted("its issuer is not trusted for this address"));
    }
    let display_name: String = claims.name.trim().chars().filter(|c| !is_unseen(*c)).take(120).collect();
    Ok(Vouched { issuer: issuer.issuer.clone(), subject: claims.sub, email, display_name })
}

fn not_trusted(why: &str) -> Fault {
    Fault::new(
        Code::Unauthenticated,
        pb::Reason::IssuerNotTrusted,
        format!("this identity token does not count: {why}"),
    )
}

fn claimed_issuer(token: &str) -> Option<String> {
    let claims = BASE64URL_NOPAD.decode(token.split('.').nth(1)?.as_bytes()).ok()?;
    Some(serde_json::from_slice::<Unproven>(&claims).ok()?.iss)
}

#[cfg(test)]
mod tests {
    use runtime::keys::SigningKey;
    use serde_json::{Value, json};

    use super::*;

    const ISSUER: &str = "https://issuer.example";

    fn claims() -> Value {
        let now = runtime::clock::system_time().timestamp();
        json!({
            "iss": ISSUER, "aud": "linkage", "sub": "ada", "email": "Ada@example.com", "email_verified": true,
            "name": "Ada", "iat": now, "nbf": now, "exp": now + 300,
        })
    }

    fn judged(change: impl Fn(&mut Value), trusted: &[&str]) -> Result<Vouched, &'static str> {
        let key = SigningKey::generate().expect("a key");
        let mut issuer = Issuer::development(ISSUER, "linkage", key.public().clone());
        issuer.trusted_domains = trusted.iter().map(|domain| (*domain).to_owned()).collect();
        let mut claims = claims();
        change(&mut claims);
        let token = key.sign_jwt(IDENTITY, &claims).expect("a token");
        prove(&[issuer], &token).map_err(|fault| fault.reason())
    }

    #[test]
    fn r17_only_a_trusted_issuers_verified_address_counts() {
        assert_eq!(judged(|_| {}, &["*"]).expect("vouched").email.as_str(), "ada@example.com");
        assert!(judged(|_| {}, &["example.com"]).is_ok());
        assert_eq!(judged(|_| {}, &["example.org"]), Err("ISSUER_NOT_TRUSTED"));
        assert_eq!(judged(|c| c["email_verified"] = json!(false), &["*"]), Err("ISSUER_NOT_TRUSTED"));
        assert_eq!(judged(|c| c["email"] = json!("a@b.se,c@d.se"), &["*"]), Err("ISSUER_NOT_TRUSTED"));
        assert_eq!(judged(|c| c["iss"] = json!("https://other.example"), &["*"]), Err("ISSUER_NOT_TRUSTED"));
        assert_eq!(judged(|c| c["aud"] = json!("another"), &["*"]), Err("CREDENTIAL_INVALID"));
        assert_eq!(judged(|c| c["exp"] = json!(1), &["*"]), Err("CREDENTIAL_INVALID"));
        assert_eq!(judged(|c| c["sub"] = json!(""), &["*"]), Err("CREDENTIAL_INVALID"));
    }

    #[test]
    fn what_is_no_token_proves_nothing() {
        let key = SigningKey::generate().expect("a key");
        let issuer = || Issuer::development(ISSUER, "linkage", key.public().clone());
        let forged = SigningKey::generate().expect("a key").sign_jwt(IDENTITY, &claims()).expect("a token");
        let other_kind = key.sign_jwt("at+jwt", &claims()).expect("a token");
        for token in ["", "a.b.c", "....", &forged, &other_kind] {
            assert_eq!(prove(&[issuer()], token).map_err(|fault| fault.reason()), Err("CREDENTIAL_INVALID"), "{token}");
        }
    }
}
