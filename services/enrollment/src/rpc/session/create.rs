//! CreateSession: a proof of identity for an access token. Each kind of proof has a file of its own.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::enrollment as pb;
use wire::enrollment::create_session_request::Proof;

use super::{by_assertion, by_code, by_federated_token, by_identity, by_session};
use crate::App;

pub(crate) async fn create(
    app: &App,
    caller: &Caller,
    request: pb::CreateSessionRequest,
) -> Result<pb::Session, Fault> {
    match &request.proof {
        Some(Proof::IdentityToken(token)) => by_identity::create(app, caller, &request, token).await,
        Some(Proof::SessionToken(token)) => by_session::create(app, caller, &request, token).await,
        Some(Proof::SignInCode(code)) => by_code::create(app, caller, &request, code).await,
        Some(Proof::ApplicationAssertion(assertion)) => by_assertion::create(app, caller, &request, assertion).await,
        Some(Proof::FederatedToken(given)) => by_federated_token::create(app, caller, &request, given).await,
        None => {
            let mut v = Violations::of(&request);
            let _ = v.optional_name::<kind::Organization>("organization", &request.organization);
            v.add(
                "proof",
                "is required: identity_token, session_token, sign_in_code, application_assertion or federated_token",
            );
            v.done().and_then(|()| Err(Fault::internal("a proof that is absent is a violation")))
        }
    }
}
