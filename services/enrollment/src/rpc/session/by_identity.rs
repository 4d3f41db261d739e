//! The proof that is an identity token.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::enrollment as pb;

use super::identity::prove;
use super::person::enter;
use crate::App;

pub(super) async fn create(
    app: &App,
    caller: &Caller,
    request: &pb::CreateSessionRequest,
    token: &str,
) -> Result<pb::Session, Fault> {
    let mut v = Violations::of(request);
    let organization = v.optional_name::<kind::Organization>("organization", &request.organization);
    let token = v.text("identity_token", token, 1..=8192);
    let (organization, token) = v.all((organization, token))?;
    let vouched = &prove(&app.service().issuers, &token, || app.now()).await?;
    // Who signs in may send a token along, of whatever organization.
    app.change(&caller.beyond_its_wall(), request, |change| enter(app, change, vouched, organization)).await
}
