//! Reads an invitation, with what accepting means or what was consented to.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::relationship as pb;

use crate::domain::offer::Offer;
use crate::rpc::convert;
use crate::{App, store};

pub(crate) async fn get(
    app: &App,
    caller: &Caller,
    request: pb::GetInvitationRequest,
) -> Result<pb::Invitation, Fault> {
    let mut v = Violations::of(&request);
    let name = v.name::<kind::Invitation>("name", &request.name);
    let (id,) = v.all((name,))?;
    let (scope, reader) = (caller.scope()?, &app.reader(caller));
    let invitation = store::invitation::get(reader, scope, id).await?.ok_or_else(Fault::missing)?;
    let parties = store::organization::many(app.database().reader(), invitation.parties()).await?;
    let given = store::consent::given(reader, id).await?;
    let offer = Offer::of(&invitation, &parties, app.now());
    Ok(pb::Invitation {
        consents: offer.consents.into_iter().map(convert::consent).collect(),
        given_consents: given.iter().map(|consent| convert::given_consent(consent, scope)).collect(),
        ..convert::invitation(&invitation, &parties, scope, app.now())
    })
}
