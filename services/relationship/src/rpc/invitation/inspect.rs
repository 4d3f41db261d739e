//! Shows the holder of a link what accepting would do; changes nothing.

use database::Scope;
use runtime::{Caller, Fault, Violations};
use wire::relationship as pb;

use super::token;
use crate::domain::Refusal;
use crate::domain::offer::Offer;
use crate::rpc::convert;
use crate::{App, store};

pub(crate) async fn inspect(
    app: &App,
    _: &Caller,
    request: pb::InspectInvitationRequest,
) -> Result<pb::InvitationOffer, Fault> {
    let mut v = Violations::of(&request);
    let token = token::text(&mut v, &request.token);
    let (token,) = v.all((token,))?;
    let (presented, id) = token::read(&token)?;
    let reader = &app.database().reader_for(Scope::Link);
    let invitation = store::invitation::get(reader, Scope::Link, id).await?.ok_or(Refusal::TokenUnknown)?;
    token::prove(app, &presented, &invitation)?;
    let parties = store::organization::many(app.database().reader(), invitation.parties()).await?;
    let now = app.now();
    Ok(convert::offer(&invitation, Offer::of(&invitation, &parties, now), now))
}
