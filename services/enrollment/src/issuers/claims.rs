//! What an identity token says.

use data_encoding::BASE64URL_NOPAD;
use runtime::clock;
use runtime::token::{LEEWAY_SECONDS, TokenError};
use serde::Deserialize;
use serde_json::{Map, Value};

/// The claims that are looked at.
#[derive(Debug, Deserialize)]
pub(crate) struct Claims {
    pub(crate) sub: String,
    #[serde(default)]
    pub(crate) email: String,
    #[serde(default)]
    pub(crate) name: String,
    /// Whether the issuer says that the address is the person's.
    #[serde(skip)]
    pub(crate) email_verified: bool,
    aud: Audience,
    #[serde(default)]
    azp: Option<String>,
    iat: f64,
    #[serde(flatten)]
    others: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

#[derive(Deserialize)]
struct Named {
    iss: String,
}

impl Claims {
    /// Whether they were made for this audience alone, and before now.
    pub(super) fn are_for(&self, audience: &str) -> Result<(), TokenError> {
        let ours = match &self.aud {
            Audience::One(one) => one == audience,
            Audience::Several(several) => several.iter().all(|one| one == audience) && !several.is_empty(),
        };
        if !ours {
            return Err(TokenError::Claim("aud"));
        }
        if self.azp.as_ref().is_some_and(|party| party != audience) {
            return Err(TokenError::Claim("azp"));
        }
        #[expect(clippy::cast_precision_loss, reason = "seconds of any year are told apart")]
        let latest = (clock::system_time().timestamp() + LEEWAY_SECONDS) as f64;
        if self.iat.is_nan() || self.iat > latest { Err(TokenError::Claim("iat")) } else { Ok(()) }
    }

    /// A claim that is a text.
    pub(super) fn text(&self, claim: &str) -> Option<&str> {
        self.others.get(claim).and_then(Value::as_str)
    }

    /// With what this claim says of the address. Issuers write yes in several ways.
    pub(super) fn with_verified(mut self, claim: &str) -> Claims {
        self.email_verified = match self.others.get(claim) {
            Some(Value::Bool(yes)) => *yes,
            Some(Value::String(text)) => text == "true" || text == "1",
            Some(Value::Number(number)) => number.as_i64() == Some(1),
            _ => false,
        };
        self
    }
}

/// The issuer that a token names, unproven.
pub(super) fn issuer(token: &str) -> Option<String> {
    let claims = BASE64URL_NOPAD.decode(token.split('.').nth(1)?.as_bytes()).ok()?;
    Some(serde_json::from_slice::<Named>(&claims).ok()?.iss)
}
