//! The access token: who someone is and what they may, for five minutes.

use chrono::{DateTime, TimeDelta, Utc};
use ids::{OrganizationId, PersonId, RawId, UserId};
use serde::{Deserialize, Serialize};

use super::{ApplicationClaims, TokenError, verify_jwt};
use crate::access::{role_name, role_named};
use crate::keys::{SigningKey, VerifyingKey};
use crate::{Fault, Identity, Mint, Person, Role, User, clock};

/// The kind of an access token.
pub(crate) const ACCESS: &str = "at+jwt";
const ISSUER: &str = "linkage";
const AUDIENCE: &str = "linkage";
const LIFETIME: TimeDelta = TimeDelta::minutes(5);

/// Whom an access token is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Claims {
    Person(AccessClaims),
    Application(ApplicationClaims),
}

/// What a person's access token says.
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

/// Signs access tokens with the first of its keys; by the others, what they signed still counts, or what they will.
#[derive(Debug, Clone)]
pub struct AccessSigner {
    signing: SigningKey,
    others: Vec<SigningKey>,
}

#[derive(Serialize, Deserialize)]
struct Wire {
    iss: String,
    aud: String,
    sub: String,
    exp: i64,
    iat: i64,
    nbf: i64,
    jti: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    usr: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app: Option<String>,
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
        AccessSigner { signing: key, others: Vec::new() }
    }

    /// The same, and what these keys have signed or will sign counts too.
    #[must_use]
    pub fn beside(self, others: Vec<SigningKey>) -> AccessSigner {
        AccessSigner { others, ..self }
    }

    /// What others verify with what is signed now.
    pub fn public(&self) -> &VerifyingKey {
        self.signing.public()
    }

    /// What others verify with whatever counts: the signing key's first.
    pub fn publics(&self) -> impl Iterator<Item = &VerifyingKey> {
        std::iter::once(&self.signing).chain(&self.others).map(SigningKey::public)
    }

    /// The token, and when it expires in real time.
    pub fn sign(&self, claims: &AccessClaims) -> Result<(String, DateTime<Utc>), Fault> {
        let member = claims.member.as_ref();
        let wire = Wire {
            email: claims.email.clone(),
            name: claims.display_name.clone(),
            usr: member.map(|member| member.user.to_string()),
            org: member.map(|member| member.organization.to_string()),
            roles: member.map(|member| names(&member.roles)).unwrap_or_default(),
            opr: member.is_some_and(|member| member.operator),
            ver: member.map_or(0, |member| member.version),
            ..Wire::of(claims.person.to_string(), LIFETIME)
        };
        self.seal(&wire)
    }

    /// An application's token, and when it expires in real time: no later than what the application has proven itself by ends, where that
    /// is so long from now.
    pub fn sign_application(
        &self,
        claims: &ApplicationClaims,
        ends_in: Option<TimeDelta>,
    ) -> Result<(String, DateTime<Utc>), Fault> {
        let lifetime = ends_in.map_or(LIFETIME, |left| left.min(LIFETIME));
        let wire = Wire {
            app: Some(claims.application.to_string()),
            org: Some(claims.organization.to_string()),
            roles: names(&claims.roles),
            ver: claims.version,
            ..Wire::of(claims.application.to_string(), lifetime)
        };
        self.seal(&wire)
    }

    fn seal(&self, wire: &Wire) -> Result<(String, DateTime<Utc>), Fault> {
        let expiry = DateTime::from_timestamp(wire.exp, 0).ok_or_else(|| Fault::internal("a token without end"))?;
        Ok((self.signing.sign_jwt(ACCESS, wire)?, expiry))
    }
}

impl Wire {
    /// Of this subject, from now on for so long; all else is empty.
    fn of(subject: String, lifetime: TimeDelta) -> Wire {
        let now = clock::system_time();
        Wire {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: subject,
            exp: (now + lifetime).timestamp(),
            iat: now.timestamp(),
            nbf: now.timestamp(),
            jti: Mint::default().nonce(),
            email: String::new(),
            name: String::new(),
            usr: None,
            app: None,
            org: None,
            roles: Vec::new(),
            opr: false,
            ver: 0,
        }
    }

    fn known_roles(&self) -> Vec<Role> {
        // A role that a later version gives is no role here.
        self.roles.iter().filter_map(|name| role_named(name)).collect()
    }
}

fn names(roles: &[Role]) -> Vec<String> {
    roles.iter().map(|role| role_name(*role).to_owned()).collect()
}

impl Claims {
    /// The caller that the token proves.
    pub(crate) fn identity(&self) -> Identity {
        match self {
            Claims::Person(claims) => claims.identity(),
            Claims::Application(claims) => claims.identity(),
        }
    }

    /// Whose rights it is about, and the version of them; none for a person who belongs to no organization.
    pub(crate) fn rights(&self) -> Option<(RawId, i64)> {
        match self {
            Claims::Person(claims) => claims.member.as_ref().map(|member| (member.user.uuid(), member.version)),
            Claims::Application(claims) => Some((claims.application.uuid(), claims.version)),
        }
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
pub(crate) fn read_access(key: &VerifyingKey, token: &str) -> Result<(Claims, i64), TokenError> {
    let wire: Wire = verify_jwt(key, ACCESS, AUDIENCE, ISSUER, token)?;
    let roles = wire.known_roles();
    let member = match (&wire.usr, &wire.app, &wire.org) {
        (None, None, None) => None,
        (Some(user), None, Some(organization)) => Some(Membership {
            user: user.parse().map_err(|_| TokenError::Claim("usr"))?,
            organization: organization.parse().map_err(|_| TokenError::Claim("org"))?,
            roles,
            operator: wire.opr,
            version: wire.ver,
        }),
        (None, Some(application), Some(organization)) if *application == wire.sub => {
            let claims = ApplicationClaims {
                application: application.parse().map_err(|_| TokenError::Claim("app"))?,
                organization: organization.parse().map_err(|_| TokenError::Claim("org"))?,
                roles,
                version: wire.ver,
            };
            return Ok((Claims::Application(claims), wire.exp));
        }
        _ => return Err(TokenError::Claim("org")),
    };
    let person = wire.sub.parse().map_err(|_| TokenError::Claim("sub"))?;
    let claims = AccessClaims { person, email: wire.email, display_name: wire.name, member };
    Ok((Claims::Person(claims), wire.exp))
}
