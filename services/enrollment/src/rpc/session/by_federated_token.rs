//! The proof that is the word of a trusted issuer of workloads. Such a token is its holder's for as long as it lasts, so it may be used again.

use ids::kind;
use jsonwebtoken::dangerous::insecure_decode_claims;
use runtime::{Caller, Fault, Violations};
use serde::Deserialize;
use tonic::Code;
use wire::enrollment as pb;

use super::application::{enter, known};
use super::invalid;
use crate::App;
use crate::domain::application::Proof;

#[derive(Deserialize)]
struct Unproven {
    iss: String,
}

pub(super) async fn create(
    app: &App,
    caller: &Caller,
    request: &pb::CreateSessionRequest,
    given: &pb::FederatedToken,
) -> Result<pb::Session, Fault> {
    let mut v = Violations::of(request);
    let organization = v.optional_name::<kind::Organization>("organization", &request.organization);
    let name = v.child::<kind::Organization, kind::Application>("federated_token.application", &given.application);
    let token = v.text("federated_token.token", &given.token, 1..=8192);
    let (organization, (owner, id), token) = v.all((organization, name, token))?;
    let proof = prove(app, &token)?;
    let application = known(app, owner, id).await?;
    if !application.live(app.now()).any(|credential| credential.proof == proof) {
        return Err(invalid());
    }
    enter(app, caller, request, (owner, id), organization, &proof, None).await
}

/// Whom a configured issuer vouches for.
fn prove(app: &App, token: &str) -> Result<Proof, Fault> {
    // The name only says whose keys to try.
    let Unproven { iss } = insecure_decode_claims(token).map_err(|_| invalid())?;
    let issuer = app.service().config.workload_issuers.iter().find(|issuer| issuer.issuer == iss);
    let message = "this token does not count: its issuer is not configured as one of workloads";
    let issuer = issuer.ok_or_else(|| Fault::new(Code::Unauthenticated, pb::Reason::IssuerNotTrusted, message))?;
    let subject = issuer.subject(token).map_err(|why| {
        tracing::info!(%why, "a workload's token was refused");
        invalid()
    })?;
    Ok(Proof::Federated { issuer: issuer.issuer.clone(), subject })
}
