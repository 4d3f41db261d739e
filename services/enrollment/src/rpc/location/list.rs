//! ListPartnerLocations: each says whether it fits, and why not.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::enrollment as pb;

use crate::domain::claim::Location;
use crate::{App, convert, store};

pub(crate) async fn list(
    app: &App,
    caller: &Caller,
    request: pb::ListPartnerLocationsRequest,
) -> Result<pb::ListPartnerLocationsResponse, Fault> {
    let mut v = Violations::of(&request);
    let organization = v.name::<kind::Organization>("organization", &request.organization);
    let (organization,) = v.all((organization,))?;
    let scope = caller.scope_of(organization)?;
    let page = app.page(caller, &request)?;
    let reader = &app.reader(caller);
    let owner = store::organization::get(reader, scope, organization).await?.ok_or_else(Fault::missing)?;
    let found = store::location::list(reader, scope, organization, page.after, page.size).await?;
    let has_another = store::location::associated(reader, organization).await?.is_some();
    let shown = |location: &Location| convert::location(location, owner.country.as_str(), has_another);
    Ok(pb::ListPartnerLocationsResponse {
        partner_locations: found.items.iter().map(shown).collect(),
        next_page_token: app.next_page(caller, &request, found.next),
    })
}
