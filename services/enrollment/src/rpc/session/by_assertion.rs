//! The proof that is an application's own assertion: a JWT that it signed with its key, good for one use.

use chrono::{DateTime, TimeDelta, Utc};
use ids::{ApplicationId, OrganizationId, kind};
use jsonwebtoken::dangerous::insecure_decode_claims;
use jsonwebtoken::{Algorithm, Validation};
use runtime::token::LEEWAY_SECONDS;
use runtime::{Caller, Fault, Violations, clock};
use serde::Deserialize;
use wire::enrollment as pb;

use super::application::{Once, enter, known};
use super::invalid;
use crate::App;
use crate::domain::application::{Application, Proof};
use crate::public_key::PublicKey;

/// Who an assertion is for, as the access tokens that it buys name their issuer.
const AUDIENCE: &str = "linkage";
/// How far ahead an assertion may end: as long its use is remembered.
const LONGEST: TimeDelta = TimeDelta::minutes(5);
const LONGEST_JTI: usize = 128;
/// So much longer than an assertion counts its use is remembered: seconds are cut off, and replicas' clocks differ.
const LONGER: TimeDelta = TimeDelta::minutes(1);

#[derive(Debug, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    exp: i64,
    jti: String,
}

pub(super) async fn create(
    app: &App,
    caller: &Caller,
    request: &pb::CreateSessionRequest,
    assertion: &str,
) -> Result<pb::Session, Fault> {
    let mut v = Violations::of(request);
    let organization = v.optional_name::<kind::Organization>("organization", &request.organization);
    let assertion = v.text("application_assertion", assertion, 1..=8192);
    let (organization, assertion) = v.all((organization, assertion))?;
    // The name only says whose keys to try; nothing else is read before the signature is proven.
    let (owner, id) = claimed(&assertion).ok_or_else(invalid)?;
    let application = known(app, owner, id).await?;
    let now = clock::system_time();
    let (proof, claims) = prove(&application, &assertion, app.now(), now).ok_or_else(invalid)?;
    // Until then it might count again.
    let until = now + LONGEST + TimeDelta::seconds(2 * LEEWAY_SECONDS) + LONGER;
    let once = Once { jti: claims.jti, until };
    enter(app, caller, request, (owner, id), organization, &proof, Some(&once)).await
}

/// Whose assertion it says that it is.
fn claimed(assertion: &str) -> Option<(OrganizationId, ApplicationId)> {
    let claims = insecure_decode_claims::<Claims>(assertion).ok()?;
    ids::parse_child::<kind::Organization, kind::Application>(&claims.iss).ok()
}

/// By which of its keys that count now an application has signed this, and what it says.
fn prove(
    application: &Application,
    assertion: &str,
    now: DateTime<Utc>,
    real: DateTime<Utc>,
) -> Option<(Proof, Claims)> {
    let name = application.organization.child(application.id);
    let keys = application.live(now).filter_map(|credential| match &credential.proof {
        Proof::Key { pem, .. } => Some((&credential.proof, PublicKey::parse(pem).ok()?)),
        Proof::Federated { .. } => None,
    });
    // There are few, so each is tried, whatever names its owner gives them.
    for (proof, key) in keys {
        match verify(&key, &name, assertion) {
            Ok(claims) if says(&claims, real) => return Some((proof.clone(), claims)),
            Ok(_) => tracing::info!(application = name, "an assertion says what can't be"),
            Err(error) => tracing::info!(application = name, %error, "an assertion was refused"),
        }
    }
    None
}

fn verify(key: &PublicKey, name: &str, assertion: &str) -> Result<Claims, jsonwebtoken::errors::Error> {
    let data = jsonwebtoken::decode::<Claims>(assertion, &key.decoding(), &validation(key.algorithm(), name))?;
    // An extension that must be understood is one that nobody here understands.
    if data.header.crit.is_some() {
        return Err(jsonwebtoken::errors::ErrorKind::InvalidToken.into());
    }
    Ok(data.claims)
}

fn validation(algorithm: Algorithm, name: &str) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.leeway = LEEWAY_SECONDS.unsigned_abs();
    validation.validate_nbf = true;
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&[name]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation
}

/// Whether what a proven assertion says can be.
fn says(claims: &Claims, real: DateTime<Utc>) -> bool {
    let latest = (real + LONGEST).timestamp() + LEEWAY_SECONDS;
    let jti = claims.jti.chars().count();
    claims.sub == claims.iss
        && claims.exp <= latest
        && (1..=LONGEST_JTI).contains(&jti)
        && !claims.jti.chars().any(runtime::unseen::is_unseen)
}
