//! Issuers at work: whose token it is, and what it says once its signature is proven. Never called inside a transaction.

mod cache;
mod claims;
mod keys;
mod web;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Header, Validation};
use runtime::token::{LEEWAY_SECONDS, TokenError, verify_jwt};

use self::cache::{Cache, Missing, Wanted};
pub(crate) use self::claims::Claims;
use self::keys::Key;
use self::web::Source;
pub(crate) use self::web::is_private;
use crate::config::{Config, Issuer, Proof};
use crate::domain::issuer::Claimant;

/// The kind of an identity token, where it says one.
const IDENTITY: &str = "JWT";
/// As long may the name of a key be.
const LONGEST_KID: usize = 256;

/// How many keys each configured issuer that publishes them tells now, or why it tells none; for whoever looks what is wrong.
pub async fn look(config: &Config) -> Vec<(String, Result<usize, String>)> {
    let mut found = Vec::new();
    for issuer in &config.issuers {
        if let Some(source) = source(issuer, config.issuer_timeout()) {
            let told = source.keys().await;
            found.push((issuer.issuer.clone(), told.map(|keys| keys.len()).map_err(|failure| failure.to_string())));
        }
    }
    found
}

/// Where an issuer publishes its keys, if it does.
fn source(issuer: &Issuer, patience: Duration) -> Option<Source> {
    match &issuer.proof {
        Proof::Key(_) => None,
        Proof::Published { document, .. } => Some(Source::new(document.clone(), issuer.issuer.clone(), patience)),
    }
}

/// The configured issuers.
pub(crate) struct Issuers(Vec<Trusted>);

/// An issuer with the keys that are known of it.
struct Trusted {
    issuer: Issuer,
    /// None where configuration has its key.
    published: Option<Cache>,
}

/// Why a token says nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unproven {
    /// Nobody who is configured has made it.
    #[error("its issuer is not configured")]
    Issuer,
    /// It is no good.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// Its issuer does not tell its keys at the moment.
    #[error("its issuer can't be asked for its keys")]
    Away(TimeDelta),
}

impl Issuers {
    /// Those of the configuration; each has so long to tell its keys.
    pub(crate) fn new(issuers: &[Issuer], patience: Duration) -> Issuers {
        let trusted =
            |issuer: &Issuer| Trusted { issuer: issuer.clone(), published: source(issuer, patience).map(Cache::new) };
        Issuers(issuers.iter().map(trusted).collect())
    }

    /// The configured issuer that calls itself so. One of exactly this name goes before one of many tenants.
    fn find(&self, name: &str) -> Option<&Trusted> {
        let called = |trusted: &&Trusted| trusted.issuer.name.tenant(name).is_some();
        self.0.iter().filter(called).min_by_key(|trusted| trusted.issuer.name.has_tenants())
    }

    /// Whether configuration knows an issuer of this name.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// What they are called.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.0.iter().map(|trusted| trusted.issuer.issuer.as_str()).collect()
    }

    /// What is known of an issuer that speaks of somebody at this domain, whose owner has chosen this one.
    pub(crate) fn claimant<'a>(&self, issuer: &'a str, domain: &str, chosen: Option<&'a str>) -> Claimant<'a> {
        let found = self.find(issuer).map(|trusted| &trusted.issuer);
        Claimant {
            issuer,
            configured: found.is_some(),
            named: found.is_some_and(|issuer| issuer.is_trusted_for(domain)),
            for_all: found.is_some_and(Issuer::is_trusted_for_all),
            chosen,
            domain_is_named: self.0.iter().any(|trusted| trusted.issuer.is_trusted_for(domain)),
        }
    }

    /// What a token says, proven; and who says it.
    pub(crate) async fn prove(
        &self,
        token: &str,
        now: impl Fn() -> DateTime<Utc>,
    ) -> Result<(String, Claims), Unproven> {
        // The name only says whose keys to try; nothing else is read before the signature is proven.
        let name = claims::issuer(token).ok_or(TokenError::Kind)?;
        let Trusted { issuer, published } = self.find(&name).ok_or(Unproven::Issuer)?;
        let claims: Claims = match (&issuer.proof, published) {
            (Proof::Published { algorithms, .. }, Some(cache)) => {
                let header = jsonwebtoken::decode_header(token).map_err(TokenError::from)?;
                // Before anybody is asked for a key: what can't be right causes no call.
                if !algorithms.contains(&header.alg) {
                    return Err(TokenError::UnknownKey.into());
                }
                let key = published_key(cache, &name, &header, now).await?;
                by_published_key(&key, &name, &issuer.audience, token)?
            }
            (Proof::Key(key), _) => verify_jwt(key, IDENTITY, &issuer.audience, &name, token)?,
            (Proof::Published { .. }, None) => return Err(TokenError::UnknownKey.into()),
        };
        claims.are_for(&issuer.audience)?;
        if let Some(tenant) = issuer.name.tenant(&name).filter(|tenant| !tenant.is_empty())
            && claims.text(&issuer.tenant_claim) != Some(tenant)
        {
            return Err(TokenError::Claim("tenant").into());
        }
        let claims = claims.with_verified(&issuer.email_verified_claim);
        Ok((name, claims))
    }
}

/// The key that a token names, if its header is right otherwise.
async fn published_key(
    cache: &Cache,
    issuer: &str,
    header: &Header,
    now: impl Fn() -> DateTime<Utc>,
) -> Result<Key, Unproven> {
    let kind = header.typ.as_deref().is_none_or(|kind| kind.eq_ignore_ascii_case(IDENTITY));
    // An extension that must be understood is one that nobody here understands.
    if !kind || header.crit.is_some() {
        return Err(TokenError::Kind.into());
    }
    if header.kid.as_ref().is_some_and(|kid| kid.is_empty() || kid.len() > LONGEST_KID) {
        return Err(TokenError::UnknownKey.into());
    }
    let wanted = Wanted { kid: header.kid.as_deref(), algorithm: header.alg, issuer };
    cache.key(&wanted, now).await.map_err(|missing| match missing {
        Missing::Unknown => Unproven::Token(TokenError::UnknownKey),
        Missing::Away(wait) => Unproven::Away(wait),
    })
}

fn by_published_key(key: &Key, issuer: &str, audience: &str, token: &str) -> Result<Claims, TokenError> {
    let mut validation = Validation::new(key.algorithm);
    validation.leeway = LEEWAY_SECONDS.unsigned_abs();
    validation.validate_nbf = true;
    validation.set_audience(&[audience]);
    validation.set_issuer(&[issuer]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    Ok(jsonwebtoken::decode::<Claims>(token, &key.decoding, &validation)?.claims)
}
