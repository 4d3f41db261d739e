//! Signs people in with the development issuer, and keeps their tokens while they last.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use runtime::ServiceName;
use runtime::keys::SigningKey;
use serde_json::{Value, json};

use crate::client::{Answer, Client};

/// How long an access token is used before a new one is asked for.
const FRESH: Duration = Duration::from_secs(240);

/// The development issuer's name, which is trusted in a simulation on loopback only.
pub const ISSUER: &str = "https://issuer.linkage.localhost";
/// The audience of its identity tokens.
pub const AUDIENCE: &str = "linkage";

/// People known to the development issuer.
pub struct People {
    key: SigningKey,
    tokens: BTreeMap<(String, Option<String>), (String, Instant)>,
}

impl People {
    /// People whom this key vouches for.
    pub fn new(key: SigningKey) -> People {
        People { key, tokens: BTreeMap::new() }
    }

    /// An identity token for this address.
    pub fn identity_token(&self, email: &str) -> anyhow::Result<String> {
        let now = runtime::clock::system_time().timestamp();
        let name = email.split('@').next().unwrap_or(email);
        let claims = json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": email, "email": email, "email_verified": true, "name": full_name(name),
            "iat": now, "nbf": now, "exp": now + 300,
        });
        Ok(self.key.sign_jwt("JWT", &claims)?)
    }

    /// An access token, fresh enough; or the refusal of the sign-in.
    pub async fn token(
        &mut self,
        client: &Client,
        email: &str,
        organization: Option<&str>,
    ) -> anyhow::Result<Result<String, Answer>> {
        let key = (email.to_owned(), organization.map(str::to_owned));
        if let Some((token, since)) = self.tokens.get(&key)
            && since.elapsed() < FRESH
        {
            return Ok(Ok(token.clone()));
        }
        let answer = self.session(client, email, organization).await?;
        if answer.code != tonic::Code::Ok {
            return Ok(Err(answer));
        }
        let token = answer.body.get("access_token").and_then(Value::as_str).unwrap_or_default().to_owned();
        self.tokens.insert(key, (token.clone(), Instant::now()));
        Ok(Ok(token))
    }

    /// A whole session: access token, session token, user.
    pub async fn session(&self, client: &Client, email: &str, organization: Option<&str>) -> anyhow::Result<Answer> {
        let method = client.method("enrollment.SessionService/CreateSession")?;
        let request = json!({
            "identity_token": self.identity_token(email)?, "organization": organization.unwrap_or_default(),
        });
        client.call(ServiceName::Enrollment, &method, &request, None).await
    }

    /// Forgets the tokens of this address, so that the next call asks for new ones.
    pub fn forget(&mut self, email: &str) {
        self.tokens.retain(|(known, _), _| known != email);
    }
}

/// `Ada Alm` of `ada.alm`.
fn full_name(local_part: &str) -> String {
    let capitalised = |part: &str| {
        let mut letters = part.chars();
        letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
    };
    local_part.split(['.', '-', '_']).map(capitalised).collect::<Vec<_>>().join(" ")
}
