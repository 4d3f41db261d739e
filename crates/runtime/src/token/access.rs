//! The access token: who someone is and what they may, for five minutes.

use chrono::{DateTime, TimeDelta, Utc};
use ids::{OrganizationId, PersonId, UserId};
use serde::{Deserialize, Serialize};

use super::{TokenError, verify_jwt};
use crate::access::{role_name, role_named};
use crate::keys::{SigningKey, VerifyingKey};
use crate::{Fault, Identity, Mint, Person, Role, User, clock};

/// The kind of an access token.
pub(crate) const ACCESS: &str = "at+jwt";
const ISSUER: &str = "linkage";
const AUDIENCE: &str = "linkage";
const LIFETIME: TimeDelta = TimeDelta::minutes(5);

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessClaims {
    /// The person.
    pub person: PersonId,
    /// Verified e-mail address.
    pub email: String,
    /// Name for people; empty when unknown.
    pub display_name: String,
    /// The organization acted for; none for a person who has none yet.
    pub member: Option<Membership>,
}

/// A person's place in one organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The user.
    pub user: UserId,
    /// The organization.
    pub organization: OrganizationId,
    /// Roles held.
    pub roles: Vec<Role>,
    /// True in the operator's organization.
    pub operator: bool,
    /// The user's access version; a change of rights raises it.
    pub version: i64,
}

/// Signs access tokens.
#[derive(Debug, Clone)]
pub struct AccessSigner(SigningKey);

#[derive(Serialize, Deserialize)]
struct Wire {
    iss: String,
    aud: String,
    sub: String,
    exp: i64,
    iat: i64,
    nbf: i64,
    jti: String,
    email: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    usr: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    org: Option<String>,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    opr: bool,
    #[serde(default)]
    ver: i64,
}

impl AccessSigner {
    /// Signs with this key.
    pub fn new(key: SigningKey) -> AccessSigner {
        AccessSigner(key)
    }

    /// What others verify with.
    pub fn public(&self) -> &VerifyingKey {
        self.0.public()
    }

    /// The token, and when it expires in real time.
    pub fn sign(&self, claims: &AccessClaims) -> Result<(String, DateTime<Utc>), Fault> {
        let now = clock::system_time();
        let expiry = now + LIFETIME;
        let member = claims.member.as_ref();
        let wire = Wire {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: claims.person.to_string(),
            exp: expiry.timestamp(),
            iat: now.timestamp(),
            nbf: now.timestamp(),
            jti: Mint::default().nonce(),
            email: claims.email.clone(),
            name: claims.display_name.clone(),
            usr: member.map(|member| member.user.to_string()),
            org: member.map(|member| member.organization.to_string()),
            roles: member.iter().flat_map(|member| &member.roles).map(|role| role_name(*role).to_owned()).collect(),
            opr: member.is_some_and(|member| member.operator),
            ver: member.map_or(0, |member| member.version),
        };
        Ok((self.0.sign_jwt(ACCESS, &wire)?, expiry))
    }
}

impl AccessClaims {
    /// The caller that the token proves.
    pub(crate) fn identity(&self) -> Identity {
        let (person, email, display_name) = (self.person, self.email.clone(), self.display_name.clone());
        match &self.member {
            None => Identity::Person(Person { person, email, display_name }),
            Some(member) => Identity::User(User {
                person,
                user: member.user,
                organization: member.organization,
                email,
                display_name,
                roles: member.roles.clone(),
                operator: member.operator,
            }),
        }
    }
}

/// What a token says, if this key signed it and it is valid now; and until when (seconds of real time).
pub(crate) fn read_access(key: &VerifyingKey, token: &str) -> Result<(AccessClaims, i64), TokenError> {
    let wire: Wire = verify_jwt(key, ACCESS, AUDIENCE, ISSUER, token)?;
    let member = match (&wire.usr, &wire.org) {
        (None, None) => None,
        (Some(user), Some(organization)) => Some(Membership {
            user: user.parse().map_err(|_| TokenError::Claim("usr"))?,
            organization: organization.parse().map_err(|_| TokenError::Claim("org"))?,
            // A role that a later version gives is no role here.
            roles: wire.roles.iter().filter_map(|name| role_named(name)).collect(),
            operator: wire.opr,
            version: wire.ver,
        }),
        _ => return Err(TokenError::Claim("org")),
    };
    let person = wire.sub.parse().map_err(|_| TokenError::Claim("sub"))?;
    Ok((AccessClaims { person, email: wire.email, display_name: wire.name, member }, wire.exp))
}
