//! The service token: a sibling proves itself to one other sibling.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{TokenError, verify_jwt};
use crate::keys::{SigningKey, VerifyingKey};
use crate::{Fault, Mint, ServiceName, clock};

/// The kind of a service token.
pub(crate) const SERVICE: &str = "svc+jwt";
const LIFETIME: TimeDelta = TimeDelta::minutes(5);
/// A token that expires sooner is not used for another call.
const SPARE: TimeDelta = TimeDelta::minutes(1);

/// The service's own tokens, one per sibling, each used until it nears its end.
pub(crate) struct ServiceTokens {
    name: ServiceName,
    key: SigningKey,
    made: Mutex<BTreeMap<ServiceName, (String, DateTime<Utc>)>>,
}

#[derive(Serialize, Deserialize)]
struct Wire {
    iss: String,
    sub: String,
    aud: String,
    exp: i64,
    iat: i64,
    nbf: i64,
    jti: String,
}

impl ServiceTokens {
    pub(crate) fn new(name: ServiceName, key: SigningKey) -> ServiceTokens {
        ServiceTokens { name, key, made: Mutex::default() }
    }

    /// A token for calls to this sibling.
    pub(crate) fn token_for(&self, to: ServiceName) -> Result<String, Fault> {
        let now = clock::system_time();
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((token, expiry)) = made.get(&to)
            && now + SPARE < *expiry
        {
            return Ok(token.clone());
        }
        let expiry = now + LIFETIME;
        let wire = Wire {
            iss: self.name.to_string(),
            sub: self.name.to_string(),
            aud: to.to_string(),
            exp: expiry.timestamp(),
            iat: now.timestamp(),
            nbf: now.timestamp(),
            jti: Mint::default().nonce(),
        };
        let token = self.key.sign_jwt(SERVICE, &wire)?;
        made.insert(to, (token.clone(), expiry));
        Ok(token)
    }
}

/// Whether `from`, whose key this is, made this token for `to`; and until when it counts (seconds of real time).
pub(crate) fn read_service(
    key: &VerifyingKey,
    from: ServiceName,
    to: ServiceName,
    token: &str,
) -> Result<i64, TokenError> {
    let wire: Wire = verify_jwt(key, SERVICE, to.as_str(), from.as_str(), token)?;
    if wire.sub == wire.iss { Ok(wire.exp) } else { Err(TokenError::Claim("sub")) }
}
