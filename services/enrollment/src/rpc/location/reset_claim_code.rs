//! ResetClaimCode: the answer alone has the new claim code; the old one is dead with what it was derived from.

use ids::kind;
use runtime::{Caller, Fault, Outcome, Violations};
use wire::enrollment as pb;

use super::code::claim_code;
use crate::domain::Event;
use crate::{App, convert, store};

pub(crate) async fn reset_claim_code(
    app: &App,
    caller: &Caller,
    request: pb::ResetClaimCodeRequest,
) -> Result<pb::PartnerLocation, Fault> {
    let mut v = Violations::of(&request);
    let name = v.name::<kind::PartnerLocation>("name", &request.name);
    let (id,) = v.all((name,))?;
    let (scope, etag) = (caller.scope()?, &request.etag);
    let mut answer: pb::PartnerLocation = app
        .change(caller, &request, |change| async move {
            let (tx, now) = (&change.tx, change.now());
            let mut location = store::location::get(tx, scope, id).await?.ok_or_else(Fault::missing)?;
            Fault::unless_fresh(etag, location.version)?;
            let organization = location.organization;
            let owner = store::organization::get(tx, scope, organization).await?.ok_or_else(Fault::missing)?;
            let from = location.reset(change.nonce(), now)?;
            store::location::save(tx, &mut location).await??;
            let has_another = store::location::associated(tx, organization).await?.is_some();
            let event = Event::LocationCodeReset { organization, location: id, from };
            Ok(Outcome::Done(convert::location(&location, owner.country.as_str(), has_another), vec![event]))
        })
        .await?;
    answer.claim_code = claim_code(app, &answer.name).await?;
    Ok(answer)
}
