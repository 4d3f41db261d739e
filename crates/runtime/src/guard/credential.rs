//! From a bearer token to a proven identity.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use moka::sync::Cache;
use tonic::Code;

use super::failures::Failures;
use crate::access::{AccessKeys, Rights};
use crate::keys::{Keys, VerifyingKey};
use crate::token::{ACCESS, Claims, LEEWAY_SECONDS, SERVICE, TokenError, peek, read_access, read_service};
use crate::{Fault, Identity, Limits, Reason, ServiceName, clock};

/// How many proven tokens are remembered.
const REMEMBERED: u64 = 10_000;
/// For how long at most: longer than tokens last. Whether one still counts is asked each time.
const REMEMBERED_FOR: Duration = Duration::from_secs(10 * 60);

pub(super) struct Credentials {
    name: ServiceName,
    services: BTreeMap<String, (ServiceName, VerifyingKey)>,
    access: Arc<AccessKeys>,
    rights: Rights,
    proven: Cache<Vec<u8>, Arc<Proven>>,
    failures: Failures,
}

#[derive(Clone)]
struct Proven {
    holder: Holder,
    /// The key that has signed it.
    kid: String,
    expires: i64,
}

#[derive(Clone)]
enum Holder {
    Access(Claims),
    Service(ServiceName),
}

/// A token that was proven. It may stop to count while it is answered.
#[derive(Clone)]
pub(crate) struct Proof {
    proven: Arc<Proven>,
    rights: Rights,
}

impl Proof {
    /// Who holds the token, as long as it counts.
    pub(crate) fn identity(&self) -> Result<Identity, Fault> {
        if self.proven.is_over(clock::system_time().timestamp()) {
            return Err(void("expired"));
        }
        match &self.proven.holder {
            Holder::Service(service) => Ok(Identity::Service(*service)),
            Holder::Access(claims)
                if claims.rights().is_some_and(|(holder, version)| self.rights.void(holder, version)) =>
            {
                Err(void("its rights were taken away"))
            }
            Holder::Access(claims) => Ok(claims.identity()),
        }
    }
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proof").finish_non_exhaustive()
    }
}

impl Proven {
    /// Whether the token no longer counts at this second of the system's time.
    fn is_over(&self, now: i64) -> bool {
        self.expires + LEEWAY_SECONDS < now
    }
}

impl Credentials {
    pub(super) fn new(
        name: ServiceName,
        keys: &Keys,
        access: Arc<AccessKeys>,
        rights: Rights,
        limits: Limits,
    ) -> Credentials {
        let each = keys.services.iter().flat_map(|(name, keys)| keys.iter().map(|key| (*name, key)));
        let services = each.map(|(name, key)| (key.kid().to_owned(), (name, key.clone())));
        let proven = Cache::builder().max_capacity(REMEMBERED).time_to_live(REMEMBERED_FOR).build();
        Credentials { name, services: services.collect(), access, rights, proven, failures: Failures::new(limits) }
    }

    /// Who holds this token, and the proof. It is verified once, and asked each time whether it still counts.
    pub(super) async fn prove(&self, token: &str, source: Option<IpAddr>) -> Result<(Identity, Proof), Fault> {
        let digest = ring::digest::digest(&ring::digest::SHA256, token.as_bytes()).as_ref().to_vec();
        let proven = match self.proven.get(&digest).filter(|proven| self.is_known(proven)) {
            Some(proven) => proven,
            // Only here: who shares an address with a guesser goes on with the tokens that it proved before.
            None => {
                if !self.names_a_sibling(token) {
                    self.failures.refuse_many(source)?;
                }
                let proven = Arc::new(self.verify(token).await.inspect_err(|fault| {
                    if fault.code() == Code::Unauthenticated {
                        self.failures.note(source);
                    }
                })?);
                self.proven.insert(digest, Arc::clone(&proven));
                proven
            }
        };
        let proof = Proof { proven, rights: self.rights.clone() };
        Ok((proof.identity()?, proof))
    }

    /// Whether the key that has signed a token still counts.
    fn is_known(&self, proven: &Proven) -> bool {
        match proven.holder {
            Holder::Access(_) => self.access.has(&proven.kid),
            Holder::Service(_) => true,
        }
    }

    /// Whether a token names a sibling's key, which strangers don't know the name of: siblings are heard whoever shares their address.
    fn names_a_sibling(&self, token: &str) -> bool {
        peek(token).is_ok_and(|(kind, kid)| kind == SERVICE && self.services.contains_key(&kid))
    }

    async fn verify(&self, token: &str) -> Result<Proven, Fault> {
        let (kind, kid) = peek(token).map_err(void)?;
        match kind.as_str() {
            ACCESS => {
                let key = self.access.find(&kid).await?.ok_or_else(|| void(TokenError::UnknownKey))?;
                let (claims, expires) = read_access(&key, token).map_err(void)?;
                Ok(Proven { holder: Holder::Access(claims), kid, expires })
            }
            SERVICE => {
                let (from, key) = self.services.get(&kid).ok_or_else(|| void(TokenError::UnknownKey))?;
                let expires = read_service(key, *from, self.name, token).map_err(void)?;
                Ok(Proven { holder: Holder::Service(*from), kid, expires })
            }
            _ => Err(void(TokenError::Kind)),
        }
    }
}

/// The bearer token of a call; `None` when it brings no credential at all.
pub(super) fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Fault> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let text = value.to_str().map_err(void)?;
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && values.next().is_none() => Ok(Some(token)),
        _ => Err(void("not one bearer token")),
    }
}

/// The caller learns that the token does not count, the log why.
fn void(why: impl std::fmt::Display) -> Fault {
    tracing::debug!(%why, "credential refused");
    Fault::new(
        Code::Unauthenticated,
        Reason::CredentialInvalid,
        "this token does not count, or no longer: sign in again",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AccessClaims, AccessSigner, Peers, SigningKey};

    /// Credentials of enrollment, and a token that they have proven.
    async fn proven() -> (Credentials, String) {
        let own = SigningKey::generate().unwrap();
        let signer = AccessSigner::new(SigningKey::generate().unwrap());
        let keys = Keys { own: own.clone(), services: BTreeMap::new(), access: Some(signer.clone()) };
        let peers = Peers::new(own, ServiceName::Enrollment, BTreeMap::new(), None).unwrap();
        let access = Arc::new(AccessKeys::new(&keys, &peers));
        let credentials =
            Credentials::new(ServiceName::Enrollment, &keys, access, Rights::default(), Limits::default());
        let person = ids::Id::from_uuid(uuid::Uuid::from_u128(1));
        let claims = AccessClaims { person, email: String::new(), display_name: String::new(), member: None };
        let token = signer.sign(&claims).unwrap().0;
        assert!(credentials.prove(&token, None).await.is_ok());
        (credentials, token)
    }

    /// Remembers the token otherwise than it was proven.
    fn remember(credentials: &Credentials, change: impl FnOnce(&mut Proven)) {
        credentials.proven.run_pending_tasks();
        let (digest, mut proven) = credentials.proven.iter().next().unwrap();
        change(Arc::make_mut(&mut proven));
        credentials.proven.insert(digest.to_vec(), proven);
    }

    fn expire(proven: &mut Proven) {
        proven.expires = clock::system_time().timestamp() - LEEWAY_SECONDS - 1;
    }

    #[tokio::test]
    async fn a_remembered_token_expires_all_the_same() {
        let (credentials, token) = proven().await;
        remember(&credentials, expire);
        assert_eq!(credentials.prove(&token, None).await.unwrap_err().reason(), "CREDENTIAL_INVALID");
    }

    #[tokio::test]
    async fn what_is_remembered_of_a_token_counts_no_more_once_its_key_was_withdrawn() {
        let (credentials, token) = proven().await;
        remember(&credentials, |proven| {
            expire(proven);
            proven.kid = "withdrawn".to_owned();
        });
        assert!(credentials.prove(&token, None).await.is_ok(), "it is proven anew, by the keys that there are");
    }

    #[test]
    fn a_token_counts_for_the_leeway_longer_and_not_a_second_more() {
        let proven = Proven { holder: Holder::Service(ServiceName::Enrollment), kid: String::new(), expires: 1_000 };
        let over = [999, 1_000, 1_000 + LEEWAY_SECONDS, 1_001 + LEEWAY_SECONDS].map(|now| proven.is_over(now));
        assert_eq!(over, [false, false, false, true]);
    }
}
